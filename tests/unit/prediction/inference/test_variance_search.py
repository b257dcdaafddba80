from itertools import chain, repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import FitControl, Variances, WorldControl, fit, simulate
from alliance_match.prediction.inference import variance_search
from alliance_match.prediction.inference.likelihood import likelihood_of
from alliance_match.prediction.inference.variance_search import (
    _as_log_variances,
    _bfgs_update,
    _expected_information,
    _log_posterior,
)
from alliance_match.prediction.model.columns import layout_of
from alliance_match.prediction.model.design import design_of
from tests.unit.prediction.laws import law, seeds


@pytest.fixture(scope="module")
def world():
    return simulate(WorldControl(ratings=2000, therapists=100, returning=0.2), 3)


def test_a_dozen_evaluations_find_the_variances(world):
    found = fit(world.table).search
    assert found.converged
    assert found.evaluations <= 12


def test_a_search_cut_short_is_above_its_start_and_says_so(world):
    start, longer = (fit(world.table, FitControl(max_iterations=k)).search for k in (0, 2))
    assert not start.converged
    assert start.evaluations == 1
    assert start.log_posterior < longer.log_posterior < fit(world.table).search.log_posterior


def test_the_search_starts_with_about_the_right_information(world):
    """Against the curvature that finite differences of the gradient find where the search ends."""
    table = world.table
    layout = layout_of(table, FitControl().prior)
    likelihood = likelihood_of(layout, FitControl().prior, design_of(layout, table))
    expected = _as_log_variances(Variances.default(table.features, 1, float(table.score.var())))
    best, step = fit(table).variances, 1e-4
    point, moves = _as_log_variances(best), np.eye(len(expected)) * step
    slopes = [
        [_log_posterior(likelihood, expected, point + sign * move)[1] for sign in (1, -1)] for move in moves
    ]
    curvature = np.array([(down - up) / (2 * step) for up, down in slopes])
    ratio = np.linalg.eigvals(np.linalg.solve(_expected_information(likelihood, best), curvature)).real
    assert 0.5 < ratio.min() < ratio.max() < 2.0


def test_a_step_that_leads_down_is_shortened(world, monkeypatch):
    """With far too little information to start with, the first steps are as long as steps may be."""
    wanted = fit(world.table).search
    factors = chain([1e-6], repeat(1.0))
    monkeypatch.setattr(
        variance_search, "_expected_information", lambda *given: next(factors) * _expected_information(*given)
    )
    found = fit(world.table).search
    assert found.converged
    assert found.log_posterior == pytest.approx(wanted.log_posterior, abs=1e-4)


@law
@given(seed=seeds, size=st.integers(1, 10))
def test_a_step_teaches_the_curvature_it_met(seed, size):
    rng = np.random.default_rng(seed)
    half, step, bend = rng.standard_normal((size, size)), *rng.standard_normal((2, size))
    before = half @ half.T + np.eye(size)
    after = _bfgs_update(before, step, bend)
    if step @ bend > 0:
        assert after @ bend == pytest.approx(step)
        assert np.linalg.eigvalsh(after).min() > -1e-9 * np.abs(after).max()
    else:
        assert after is before
