from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import WORLDS, EstimationError, WorldControl, fit, forecast, simulate
from tests.unit.prediction.laws import law, seeds

SMALL = WorldControl(ratings=300, therapists=40, new_clients=20)
MANY = WorldControl(ratings=20_000, therapists=100, new_clients=200, learnable=0.0, returning=0.0)


def by_pair(values):
    """What is left of (C, T) without the clients' averages."""
    return values - values.mean(axis=1, keepdims=True)


def error(world, values):
    """Root mean squared error of differences between therapists, points."""
    return np.sqrt(np.mean((by_pair(world.truth) - by_pair(values)) ** 2))


def level_of_therapists(world):
    """Exact up to one number for all, where nothing differs between pairs."""
    return world.truth.mean(axis=0)[world.table.therapist_ids]


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


def test_reported_is_the_average_rating_of_a_pair():
    world = simulate(WorldControl(ratings=50, therapists=8, new_clients=10, ceiling=True), 1)
    noise = world.noise_sd * np.random.default_rng(2).standard_normal((20_000, *world.truth.shape))
    drawn = np.clip(world.truth + noise, 0, 100)
    assert world.reported == pytest.approx(drawn.mean(axis=0), abs=6 * world.noise_sd / np.sqrt(20_000))
    assert world.truth.max() > 95
    assert world.reported.max() < 100


def test_returning_clients_rate_twice():
    counts = np.unique(
        simulate(WorldControl(ratings=1000, returning=0.25), 1).table.client_ids, return_counts=True
    )[1]
    assert (counts == 2).sum() / len(counts) == pytest.approx(0.25, abs=0.01)


def test_new_clients_have_rated_nobody():
    world = simulate(WorldControl(ratings=50), 1)
    assert not np.isin(world.candidates.client_ids, world.table.client_ids).any()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ratings": 0},
        {"ratings": 1.5},
        {"therapists": 1},
        {"new_clients": -1},
        {"learnable": -0.1},
        {"client": float("nan")},
        {"returning": 1.1},
        {"drift": float("inf")},
        {"dropout": float("nan")},
    ],
)
def test_impossible_worlds_are_refused(wrong):
    with pytest.raises(EstimationError, match=f"world: {next(iter(wrong))}"):
        WorldControl(**wrong)


def test_impossible_shares_are_refused():
    with pytest.raises(EstimationError, match="more than 1"):
        WorldControl(client=0.95)


@pytest.mark.parametrize(
    ("options", "sums"),
    [
        (
            {},
            (
                3078989.244918376,
                6117524.0,
                886999.0,
                -20139.844711077843,
                3492.69142637445,
                -19352.822393946586,
                58803.66757998298,
                51623.527492214256,
            ),
        ),
        (
            {"ceiling": True, "returning": 0.3},
            (
                3711302.180289581,
                5224344.0,
                883102.0,
                -24634.16529646912,
                -16196.053243572353,
                7600.711385928602,
                68383.66454889346,
                76321.62663001857,
            ),
        ),
    ],
)
def test_worlds_drawn_before_there_were_unfriendly_ones_stay_as_they_were(options, sums):
    world = simulate(replace(SMALL, **options), 7)
    table, row = world.table, np.arange(300) + 1.0
    found = (
        row @ table.score,
        row @ table.client_ids,
        row @ table.therapist_ids,
        row @ table.x @ [1, 2, 3],
        row @ table.z @ [1, 2],
        (row @ table.m).sum(),
        world.truth.sum(),
        world.truth[3] @ np.arange(40.0),
    )
    assert found == pytest.approx(sums, rel=1e-12)


@law
@given(
    seed=seeds,
    option=st.sampled_from(
        [
            {"non_linear": True},
            {"confounding": 0.5},
            {"dropout": 0.3},
            {"instruments": 3},
            {"drift": 0.2},
            {"ceiling": True},
        ]
    ),
)
def test_an_option_leaves_the_people_as_they_are(seed, option):
    plain, other = simulate(SMALL, seed), simulate(replace(SMALL, **option), seed)
    assert (plain.candidates.x == other.candidates.x).all()
    assert (plain.candidates.z == other.candidates.z).all()
    for name, terms in plain.candidates.match.items():
        assert (terms.values() == other.candidates.match[name].values()).all()
    caseloads = (np.bincount(world.table.therapist_ids, minlength=40) for world in (plain, other))
    assert (next(caseloads) >= next(caseloads)).all()


@law
@given(seed=seeds, name=st.sampled_from(sorted(WORLDS)))
def test_expected_differs_from_the_truth_by_what_no_feature_tells_of_the_client(seed, name):
    world = simulate(replace(WORLDS[name], ratings=100, new_clients=10), seed)
    assert by_pair(world.expected) == pytest.approx(by_pair(world.truth))
    assert (np.abs(world.expected - world.truth).max(axis=1) > 1e-9).all()


def test_features_tell_a_quarter_of_the_clients_level():
    world = simulate(replace(MANY, new_clients=3000, therapists=2, ratings=10), 1)
    assert world.expected[:, 0].var() / world.truth[:, 0].var() == pytest.approx(0.25, abs=0.03)


def test_non_linear_mismatch_is_not_what_the_features_say():
    control = WorldControl(ratings=50, therapists=400, learnable=0.5, client=0.0, therapist=0.0)
    found = {}
    for non_linear in (False, True):
        world = simulate(replace(control, non_linear=non_linear), 1)
        terms = [world.candidates.match[f"style {name}"] for name in ("direction", "emotion")]
        said = np.stack([by_pair(term.values()).ravel() for term in terms], axis=1)
        truth = by_pair(world.truth).ravel()
        left = truth - said @ np.linalg.lstsq(said, truth, rcond=None)[0]
        found[non_linear] = 1 - left.var() / truth.var()
        assert truth.var() == pytest.approx(0.5 * 225, rel=0.15)
    assert found[True] < 0.75 * found[False]


@law
@given(seed=seeds, correlation=st.sampled_from([-0.6, -0.3, 0.3, 0.6]))
def test_confounding_is_the_correlation_of_severity_and_seniority(seed, correlation):
    world = simulate(replace(MANY, ratings=5000, client=0.9, confounding=correlation), seed)
    level = level_of_therapists(world)
    severity = -(world.table.score - level)
    assert np.corrcoef(severity, level)[0, 1] == pytest.approx(correlation, abs=0.08)


def test_assignment_is_random_without_confounding():
    world = simulate(MANY, 1)
    level = level_of_therapists(world)
    assert abs(np.corrcoef(world.table.score - level, level)[0, 1]) < 0.03


@law
@given(seed=seeds, share=st.sampled_from([0.1, 0.3, 0.5]))
def test_dropouts_are_those_whose_alliance_is_weaker(seed, share):
    world = simulate(WorldControl(ratings=8_000, dropout=share), seed)
    assert len(world.dropouts) == round(8_000 * share)
    assert len(world.table) + len(world.dropouts) == 8_000
    lower = world.table.score.mean() - world.dropouts.score.mean()
    assert lower == pytest.approx(0.55 * 15, abs=2.2)


def test_the_first_session_tells_something_of_who_leaves():
    world = simulate(WorldControl(ratings=3000, dropout=0.3), 1)
    started = world.started_pairs
    assert started.therapist_ids[started.rated].tolist() == world.table.therapist_ids.tolist()
    assert started.client_ids[started.dropped_out].tolist() == world.dropouts.client_ids.tolist()
    assert np.corrcoef(started.first_session_alliance[started.rated], world.table.score)[
        0, 1
    ] == pytest.approx(0.5, abs=0.1)
    assert (
        started.first_session_alliance[started.rated].mean()
        - started.first_session_alliance[started.dropped_out].mean()
        > 3
    )


def test_nobody_leaves_a_friendly_world():
    assert len(simulate(SMALL, 1).dropouts) == 0


def test_instruments_have_offsets_and_noise_of_their_own():
    control = replace(MANY, therapist=0.0, instruments=3)
    for seed in range(3):
        table = simulate(control, seed).table
        plain = simulate(replace(control, instruments=1), seed).table
        moved = table.score - plain.score
        inside = (table.score > 0) & (table.score < 100) & (plain.score > 0) & (plain.score < 100)
        assert moved[table.instrument == 0] == pytest.approx(0)
        for k in (1, 2):
            assert abs(moved[table.instrument == k].mean()) > 0.3
            assert moved[inside & (table.instrument == k)].std() > 0.01
    assert table.instruments == ("session alliance", "session alliance 2", "session alliance 3")


def test_bound_knows_the_offsets_of_the_instruments():
    world = simulate(replace(MANY, therapist=0.0, client=0.8, instruments=3), 1)
    for k in range(3):
        assert abs(world.oracle.surprise[world.table.instrument == k].mean()) < 1.0


def test_a_therapist_keeps_to_one_instrument():
    table = simulate(replace(MANY, instruments=3), 1).table
    assert len(np.unique(np.stack([table.therapist_ids, table.instrument]), axis=1).T) == 100


def test_therapists_drift_towards_the_truth_of_now():
    still, moving = (simulate(replace(MANY, drift=drift), 1) for drift in (0.0, 0.3))
    change = 2 * (moving.truth - still.truth)[0]
    assert change.var() == pytest.approx(0.3 * 225, rel=0.3)
    time = np.linspace(0, 1, len(still.table))
    moved = moving.table.score - still.table.score
    inside = (moving.table.score > 0) & (moving.table.score < 100) & (still.table.score < 100)
    expected = change[still.table.therapist_ids] * (time - 0.5)
    assert moved[inside] == pytest.approx(expected[inside])


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_no_forecast_beats_the_bayes_bound_by_more_than_luck(name):
    worlds = [simulate(replace(WORLDS[name], ratings=1000), seed) for seed in range(4)]
    bound = np.mean([error(world, world.bound) for world in worlds])
    found = np.mean([error(world, forecast(fit(world.table), world.candidates).mean) for world in worlds])
    assert bound < found
    assert bound < np.mean([by_pair(world.truth).std() for world in worlds])


def test_bound_comes_near_the_truth_with_many_ratings():
    world = simulate(WorldControl(ratings=20_000, therapists=20), 1)
    assert error(world, world.bound) < 0.15 * by_pair(world.truth).std()


@pytest.mark.parametrize(
    "option",
    [{"confounding": 1.1}, {"dropout": 1.0}, {"dropout": -0.1}, {"instruments": 0}, {"drift": -0.1}],
)
def test_options_out_of_range_are_refused(option):
    with pytest.raises(EstimationError, match=next(iter(option))):
        WorldControl(**option)
