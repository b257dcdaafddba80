from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from alliance_match.prediction import WORLDS, EstimationError, dropout_weights, fit, forecast, simulate
from alliance_match.prediction.inference.dropout_weights import (
    BOUND,
    FEATURE_SD,
    FEWEST,
    THERAPIST_SD,
    probability_rated,
)
from tests.unit.prediction.laws import law, seeds

DROPOUT = WORLDS["early dropout"]


@pytest.fixture(scope="module")
def started():
    return simulate(replace(DROPOUT, ratings=600, therapists=20), 1).started_pairs


def chosen(started, rows):
    names = ("client_ids", "therapist_ids", "x", "z", "m", "first_session_alliance", "rated")
    return replace(started, **{name: getattr(started, name)[rows] for name in names})


def newton(started):
    """The same regression from the textbook: one dense matrix, second derivatives."""
    raw = np.column_stack([started.x, started.z, started.m, started.first_session_alliance])
    mean, sd = np.nanmean(raw, axis=0), np.nanstd(raw, axis=0)
    missing = np.isnan(raw)
    some = missing[:, missing.any(axis=0)]
    levels = started.therapist_ids[:, None] == np.unique(started.therapist_ids)
    matrix = np.column_stack([np.ones(len(raw)), np.where(missing, 0, (raw - mean) / sd), some, levels])
    sds = [FEATURE_SD] * (raw.shape[1] + some.shape[1]) + [THERAPIST_SD] * levels.shape[1]
    precision = np.append(0.0, np.array(sds) ** -2.0)
    found = np.zeros(len(precision))
    for _ in range(30):
        p = special.expit(matrix @ found)
        gradient = matrix.T @ (started.rated - p) - precision * found
        found += np.linalg.solve((matrix.T * (p * (1 - p))) @ matrix + np.diag(precision), gradient)
    return special.expit(matrix @ found)


def test_chances_are_those_of_the_textbook_regression(started):
    first_session_alliance = np.where(
        np.arange(len(started)) % 7 == 0, np.nan, started.first_session_alliance
    )
    some_silent = replace(started, first_session_alliance=first_session_alliance)
    assert probability_rated(some_silent) == pytest.approx(newton(some_silent), abs=1e-4)


@law
@given(seed=seeds, dropout=st.sampled_from([0.1, 0.4, 0.8]))
def test_weights_are_bounded_and_one_on_average(seed, dropout):
    started = simulate(replace(DROPOUT, ratings=400, dropout=dropout), seed).started_pairs
    found = dropout_weights(started)
    assert len(found) == started.rated.sum()
    assert found.mean() == pytest.approx(1)
    assert found.max() / found.min() <= BOUND**2 * (1 + 1e-12)


def test_a_weak_first_session_that_was_stayed_through_weighs_more(started):
    first_session_alliance = started.first_session_alliance[started.rated]
    assert dropout_weights(started)[first_session_alliance < 55].mean() > 1.1
    assert dropout_weights(started)[first_session_alliance > 85].mean() < 0.95


def test_the_order_of_pairs_does_not_matter(started):
    order = np.random.default_rng(0).permutation(len(started))
    assert probability_rated(chosen(started, order)) == pytest.approx(
        probability_rated(started)[order], abs=1e-4
    )


@pytest.mark.parametrize("rare", ["dropped_out", "rated"])
def test_too_few_on_a_side_weigh_nothing(started, rare):
    few = np.flatnonzero(getattr(started, rare))
    others = np.flatnonzero(~getattr(started, rare))
    for count, equal in ((0, True), (FEWEST - 1, True), (FEWEST, False)):
        part = chosen(started, np.concatenate([few[:count], others]))
        assert (dropout_weights(part) == 1).all() == equal


def test_chances_need_both_sides(started):
    with pytest.raises(EstimationError, match="rated: pairs that rated and pairs that dropped out"):
        probability_rated(chosen(started, started.rated))


def test_a_search_cut_short_claims_nothing(started, monkeypatch):
    monkeypatch.setattr("alliance_match.prediction.inference.dropout_weights.MAX_ITERATIONS", 2)
    with pytest.raises(EstimationError, match="rated: no chance"):
        probability_rated(started)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"first_session_alliance": np.zeros(3)}, "client_ids: shape"),
        ({"rated": np.ones(3, dtype=bool)}, "rated: bool of shape"),
        ({"x": np.zeros((600, 1))}, "x: shape"),
        ({"first_session_alliance": np.full(600, np.inf)}, "first_session_alliance: row 0 is infinite"),
    ],
)
def test_pairs_that_cannot_be_are_refused(started, changes, complaint):
    with pytest.raises(EstimationError, match=complaint):
        replace(started, **changes)


@pytest.mark.parametrize("seed", range(4))
def test_weights_take_a_sixth_of_the_bias_away(seed):
    """Of what the dropouts' silence adds to the mean forecast, against a clinic in which all rate."""
    control = replace(DROPOUT, dropout=0.4)
    world, complete = simulate(control, seed), simulate(replace(control, dropout=0.0), seed)
    weighted = replace(world.table, weight=dropout_weights(world.started_pairs))
    silent, corrected, full = (
        forecast(fit(table), world.candidates).mean.mean()
        for table in (world.table, weighted, complete.table)
    )
    assert silent - corrected > (silent - full) / 6
