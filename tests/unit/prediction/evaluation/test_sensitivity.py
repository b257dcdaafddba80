from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from alliance_match.prediction import WORLDS, EstimationError, fit, forecast, sensitivity, simulate
from tests.unit.prediction.laws import law, seeds

DROPOUT = replace(WORLDS["early dropout"], ratings=400, therapists=20, new_clients=30)


@pytest.fixture(scope="module")
def world():
    return simulate(DROPOUT, 1)


@pytest.fixture(scope="module")
def fitted(world):
    return fit(world.table)


def everybody(world):
    return np.ones(world.candidates.shape, dtype=bool)


@law
@given(seed=seeds)
def test_dropouts_as_forecast_move_nothing(seed):
    world = simulate(replace(DROPOUT, ratings=100), seed)
    found = sensitivity(fit(world.table), world.started_pairs, world.candidates, everybody(world), 0.0)
    assert found.changed == 0
    assert found.largest_move < 1e-8
    assert found.dropouts == len(world.dropouts)


def test_moves_grow_with_the_shift(world, fitted):
    five, ten = (
        sensitivity(fitted, world.started_pairs, world.candidates, everybody(world), shift)
        for shift in (5.0, 10.0)
    )
    assert ten.largest_move == pytest.approx(2 * five.largest_move)
    assert ten.median_move == pytest.approx(2 * five.median_move)
    assert 0 < five.median_move < five.largest_move < 5
    assert five.changed <= ten.changed
    assert ten.correlation < five.correlation < 1


def test_a_therapist_whom_many_left_falls(world, fitted):
    """And is the first suggestion of nobody any more, if the difference is large."""
    top = int(np.bincount(forecast(fitted, world.candidates).mean.argmax(axis=1)).argmax())
    first = forecast(fitted, world.candidates).mean.argmax(axis=1) == top
    started = replace(
        world.started_pairs,
        therapist_ids=np.where(world.started_pairs.dropped_out, top, world.started_pairs.therapist_ids),
    )
    found = sensitivity(fitted, started, world.candidates, everybody(world), 60.0)
    assert found.changed >= first.sum() > 0


def test_only_clients_with_an_allowed_therapist_count(world, fitted):
    allowed = everybody(world)
    allowed[3:] = False
    assert sensitivity(fitted, world.started_pairs, world.candidates, allowed, 5.0).clients == 3


def only(candidates, therapists, ids):
    """These therapists (positions), under other ids."""
    return replace(
        candidates,
        therapist_ids=np.array(ids, dtype=np.int64),
        z=candidates.z[therapists],
        match={
            name: replace(term, therapist=term.therapist[therapists])
            for name, term in candidates.match.items()
        },
    )


def test_without_therapists_there_is_nothing_to_compare(world, fitted):
    none = only(world.candidates, [], [])
    with pytest.raises(EstimationError, match="candidates: no therapist"):
        sensitivity(fitted, world.started_pairs, none, np.ones(none.shape, dtype=bool), 5.0)


def test_therapists_alike_have_no_order(world, fitted):
    twins = only(world.candidates, [0, 0], [800, 801])
    assert np.isnan(
        sensitivity(fitted, world.started_pairs, twins, np.ones(twins.shape, bool), 5.0).correlation
    )
