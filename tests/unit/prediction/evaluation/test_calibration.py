import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import (
    ENOUGH_TO_CALIBRATE,
    FitControl,
    WorldControl,
    calibrate,
    fit,
    forecast,
    from_dict,
    simulate,
    to_dict,
)
from alliance_match.prediction.evaluation.metrics import COVERAGE_LEVELS, coverage
from tests.unit.prediction.laws import law, seeds

NORMAL = {0.5: 0.6745, 0.8: 1.2816, 0.9: 1.6449}


@law
@given(seed=seeds, n=st.integers(ENOUGH_TO_CALIBRATE, 500), scale=st.floats(0.3, 3))
def test_reach_holds_the_share_it_promises_of_the_ratings_held_back(seed, n, scale):
    rng = np.random.default_rng(seed)
    score, mean, sd = rng.standard_normal(n) * scale, rng.standard_normal(n) / 10, np.ones(n)
    found = calibrate(score, mean, sd)
    for level, reach in found.reach.items():
        inside = np.sum(np.abs(score - mean) <= reach * sd)
        assert n * level <= inside <= (n + 1) * level + 1


def test_a_further_rating_is_held_as_often_as_promised():
    """Whatever the shape of the errors: here twice as wide as was claimed, and with long tails."""
    rng = np.random.default_rng(1)
    held: dict[float, list[bool]] = {level: [] for level in COVERAGE_LEVELS}
    for _ in range(400):
        error = 2 * rng.standard_t(3, 250)
        reach = calibrate(error[:-1], np.zeros(249), np.ones(249)).reach
        for level in COVERAGE_LEVELS:
            held[level].append(abs(error[-1]) <= reach[level])
    for level in COVERAGE_LEVELS:
        assert np.mean(held[level]) == pytest.approx(level, abs=3 * np.sqrt(level * (1 - level) / 400))


def test_too_few_held_back_ratings_leave_the_normal_curve():
    found = calibrate(np.full(ENOUGH_TO_CALIBRATE - 1, 50.0), np.zeros(1), np.ones(1))
    assert found.reach == pytest.approx(NORMAL, abs=1e-4)
    assert found.widening == 1.0


@pytest.mark.parametrize(("errors", "widening"), [(2.0, 2.0), (0.5, 1.0)])
def test_intervals_widen_where_they_were_too_narrow_and_never_shrink(errors, widening):
    error = np.random.default_rng(2).standard_normal(20_000) * errors
    found = calibrate(error, np.zeros_like(error), np.ones_like(error))
    assert found.widening == pytest.approx(widening, rel=0.03)


def test_widened_forecasts_tell_fewer_therapists_apart_and_nothing_else_changes():
    world = simulate(WorldControl(ratings=1500, therapists=40, new_clients=20), 4)
    usual = forecast(fit(world.table), world.candidates)
    fitted = from_dict(to_dict(fit(world.table, FitControl(widening=1.5))))
    wide = forecast(fitted, world.candidates)
    assert wide.mean == pytest.approx(usual.mean)
    assert wide.sd == pytest.approx(1.5 * usual.sd)
    assert wide.difference_sd == pytest.approx(1.5 * usual.difference_sd)
    assert wide.contrast_sd(0, 1, 2) == pytest.approx(1.5 * usual.contrast_sd(0, 1, 2))
    everybody = [np.arange(40)] * 20
    runs = [sum(map(len, found.groups(everybody))) for found in (usual, wide)]
    assert runs[1] < runs[0]


@pytest.mark.parametrize("ratings", [150, 400, 2000])
@pytest.mark.parametrize("learnable", [0.0, 0.03])
def test_intervals_of_differences_hold_what_they_promise(ratings, learnable):
    """Where therapists differ for a client by as much as is usual; means over eight clinics."""
    held = [_held(WorldControl(ratings=ratings, learnable=learnable), seed) for seed in range(8)]
    for level in COVERAGE_LEVELS:
        assert np.mean([found[level] for found in held]) == pytest.approx(level, abs=0.03)


def _held(control, seed):
    world = simulate(control, seed)
    found = forecast(fit(world.table), world.candidates)
    truth = world.truth - world.truth.mean(axis=1, keepdims=True)
    return coverage(truth, found.difference, found.difference_sd)
