import numpy as np
import pytest

from alliance_match.prediction import EstimationError, WorldControl, simulate


def test_same_seed_makes_the_same_world():
    one, other = (simulate(WorldControl(ratings=50), 3) for _ in range(2))
    assert (one.table.score == other.table.score).all()
    assert (one.truth == other.truth).all()
    assert (one.truth != simulate(WorldControl(ratings=50), 4).truth).any()


def test_shares_are_those_asked_for():
    world = simulate(WorldControl(ratings=20_000, therapists=400, new_clients=1000), 1)
    truth = world.truth
    level, quality = truth.mean(axis=1, keepdims=True), truth.mean(axis=0) - truth.mean()
    interaction = truth - level - quality
    assert level.var() == pytest.approx(0.4 * 225, rel=0.15)
    assert quality.var() == pytest.approx(0.1 * 225, rel=0.2)
    assert interaction.var() == pytest.approx(0.105 * 225, rel=0.15)
    assert world.table.score.var() == pytest.approx(225, rel=0.1)


def test_null_world_has_no_interaction():
    truth = simulate(WorldControl(ratings=50, learnable=0.0), 1).truth
    assert truth - truth.mean(axis=1, keepdims=True) - truth.mean(axis=0) + truth.mean() == pytest.approx(0)


def test_ceiling_holds_the_ratings_but_not_the_truth():
    world = simulate(WorldControl(ratings=2000, ceiling=True), 1)
    assert world.table.score.max() == 100
    assert (world.table.score == 100).mean() > 0.05
    assert world.truth.max() > 100


def test_returning_clients_rate_twice():
    counts = np.unique(
        simulate(WorldControl(ratings=1000, returning=0.25), 1).table.client_ids, return_counts=True
    )[1]
    assert (counts == 2).sum() / len(counts) == pytest.approx(0.25, abs=0.01)


def test_new_clients_have_rated_nobody():
    world = simulate(WorldControl(ratings=50), 1)
    assert not np.isin(world.candidates.client_ids, world.table.client_ids).any()


def test_impossible_shares_are_refused():
    with pytest.raises(EstimationError, match="more than 1"):
        WorldControl(client=0.95)
