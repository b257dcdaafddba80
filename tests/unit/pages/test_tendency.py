"""Rising and falling are said only beyond one's own ups and downs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.pages.tendency import Tendency, tendency

VALUES = st.lists(st.floats(0, 100), min_size=4, max_size=30)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "TOO_FEW"),
        ([10, 90, 10], "TOO_FEW"),
        ([50, 50, 50, 50], "STEADY"),
        ([50, 52, 53, 55], "STEADY"),
        ([40, 50, 60, 70], "RISING"),
        ([70, 60, 50, 40], "FALLING"),
        ([40, 80, 40, 80], "STEADY"),
        ([80, 40, 80, 40, 80, 30], "STEADY"),
        ([60, 62, 61, 63, 62, 30], "STEADY"),
        ([20, 35, 30, 45, 50, 60, 55, 70], "RISING"),
    ],
)
def test_it_says_what_can_honestly_be_said(values, said):
    assert tendency(values) is Tendency[said]


@given(values=VALUES)
def test_backwards_it_says_the_opposite(values):
    opposite = {Tendency.RISING: Tendency.FALLING, Tendency.FALLING: Tendency.RISING}
    there, back = tendency(values), tendency(values[::-1])

    assert back is opposite.get(there, there)


@given(values=VALUES, up=st.floats(-50, 50))
def test_where_on_the_scale_it_happens_does_not_matter(values, up):
    assert tendency([round(value) + round(up) for value in values]) is tendency([round(v) for v in values])


@given(level=st.floats(0, 100), n=st.integers(4, 30))
def test_who_always_answers_alike_is_steady(level, n):
    assert tendency([level] * n) is Tendency.STEADY
