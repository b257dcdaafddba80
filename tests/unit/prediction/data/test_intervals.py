import pytest

from alliance_match.prediction.data.intervals import normal_reach


@pytest.mark.parametrize(("level", "reach"), [(0.5, 0.6745), (0.8, 1.2816), (0.9, 1.6449)])
def test_normal_reach_is_that_of_the_normal_curve(level, reach):
    assert normal_reach(level) == pytest.approx(reach, abs=1e-4)
