from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import (
    EstimationError,
    PairTerms,
    Variances,
    WorldControl,
    fit_given_variances,
    forecast,
    shortlist,
    simulate,
)
from tests.unit.prediction.laws import law, seeds


@law
@given(seed=seeds, k=st.integers(1, 6))
def test_shortlist_is_the_best_of_the_allowed(make_table, make_candidates, variances, seed, k):
    found = forecast(fit_given_variances(make_table(30, seed), variances), make_candidates(seed))
    allowed = np.random.default_rng(seed).random(found.mean.shape) < 0.5
    best = shortlist(found, k, allowed, np.arange(6))
    for c, row in enumerate(best):
        chosen = row[row >= 0]
        assert allowed[c, chosen].all()
        assert len(chosen) == min(k, allowed[c].sum())
        order = np.flatnonzero(allowed[c])
        assert chosen.tolist() == order[np.argsort(-found.mean[c, order])][:k].tolist()


# Means of other sizes, and therapists who differ by less than single precision can tell.
SIZES = [(1.0, 1.0), (1e-2, 1.0), (1e6, 1.0), (1e38, 1.0), (1e3, 1e-8)]


@law
@given(seed=seeds, k=st.integers(1, 12), share=st.floats(0, 1), size=st.sampled_from(SIZES))
def test_shortlist_of_many_is_that_of_a_full_sort(seed, k, share, size):
    world = simulate(WorldControl(ratings=60, therapists=123, new_clients=30), seed)
    found = forecast(
        fit_given_variances(world.table, Variances.default(world.table.features)), world.candidates
    )
    left, right = found.design.factors
    left, right = left * size[0], right[0] + (right - right[0]) * size[1]
    vars(found.design)["factors"] = (left, right)
    allowed = np.random.default_rng(seed).random((30, 123)) < share
    best = shortlist(found, k, allowed, np.arange(30))
    mean = np.where(allowed, left @ right.T, -np.inf)
    order = np.argsort(-mean, axis=1)[:, :k]
    assert best.tolist() == np.where(np.take_along_axis(allowed, order, axis=1), order, -1).tolist()


@pytest.fixture
def identical(make_table, make_candidates, variances):
    candidates = make_candidates(therapists=(96, 97, 98, 99))
    same = {
        n: PairTerms(m.client, np.repeat(m.therapist[:1], 4, axis=0)) for n, m in candidates.match.items()
    }
    return forecast(
        fit_given_variances(make_table(30), variances), replace(candidates, z=np.ones((4, 2)), match=same)
    )


def test_ties_fall_to_every_therapist_by_the_draw(identical):
    first = {int(shortlist(identical, 1, np.ones((6, 4), bool), np.full(6, s))[0, 0]) for s in range(60)}
    assert first == {0, 1, 2, 3}


def test_same_seed_draws_the_same(identical):
    allowed = np.ones((6, 4), bool)
    one, other = (shortlist(identical, 3, allowed, np.arange(6)) for _ in range(2))
    assert (one == other).all()


def test_ragged_mask_is_refused(identical):
    with pytest.raises(EstimationError, match="allowed"):
        shortlist(identical, 3, np.ones((5, 4), bool), np.arange(6))
    with pytest.raises(EstimationError, match="allowed: int64"):
        shortlist(identical, 3, np.ones((6, 4), int), np.arange(6))


@pytest.mark.parametrize("k", [0, -1, 1.5, True, "3"])
def test_number_of_places_is_a_number_of_places(identical, k):
    with pytest.raises(EstimationError, match="k:"):
        shortlist(identical, k, np.ones((6, 4), bool), np.arange(6))


@pytest.mark.parametrize("seeds", [np.arange(5), np.arange(6) / 2, np.full(6, np.nan), None])
def test_a_seed_is_needed_for_every_client(identical, seeds):
    with pytest.raises(EstimationError, match="draw_seeds"):
        shortlist(identical, 3, np.ones((6, 4), bool), seeds)
