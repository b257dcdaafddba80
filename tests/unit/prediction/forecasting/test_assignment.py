from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from alliance_match.prediction import EstimationError, assign
from alliance_match.prediction.forecasting import assignment
from tests.unit.prediction.laws import law, seeds


def draw_case(seed, clients, therapists):
    rng = np.random.default_rng(seed)
    value = rng.normal(70, 10, (clients, therapists))
    return value, rng.integers(0, 3, therapists), rng.random((clients, therapists)) < 0.6


def possible_ways(value, capacity, allowed):
    """Number placed and sum of value of every possible way."""
    clients, therapists = value.shape
    for way in product(range(-1, therapists), repeat=clients):
        placed = [(c, t) for c, t in enumerate(way) if t >= 0]
        load = np.bincount([t for _, t in placed], minlength=therapists)
        if all(allowed[pair] for pair in placed) and (load <= capacity).all():
            yield len(placed), sum(value[pair] for pair in placed)


@law
@given(seed=seeds, clients=st.integers(1, 4), therapists=st.integers(1, 4))
def test_assign_places_as_many_and_as_well_as_any_way_could(seed, clients, therapists):
    value, capacity, allowed = draw_case(seed, clients, therapists)
    placed = assign(value, capacity, allowed, seed)
    who = np.flatnonzero(placed >= 0)
    best = max(possible_ways(value, capacity, allowed))
    assert (len(who), value[who, placed[who]].sum()) == pytest.approx(best)


def by_copies(value, capacity, allowed):
    """Number placed and sum of value by linear assignment to one column a place, and nothing else."""
    places = np.repeat(np.arange(len(capacity)), capacity)
    barred = (np.ptp(value) + 1) * (len(value) + 1)
    gain = np.where(allowed, value, value.min() - barred)[:, places]
    row, column = linear_sum_assignment(gain, maximize=True)
    kept = allowed[row, places[column]]
    return kept.sum(), value[row, places[column]][kept].sum()


@law
@given(
    seed=seeds,
    clients=st.integers(1, 60),
    therapists=st.integers(1, 20),
    places=st.integers(0, 12),
    share=st.floats(0, 1),
    alike=st.sampled_from([0.0, 1.0, 100.0, 1e4]),
    unit=st.sampled_from([1e-6, 1.0, 10.0]),
)
def test_assign_is_as_good_as_plain_copies(seed, clients, therapists, places, share, alike, unit):
    """Whoever many agree on, however many places there are, and in any unit."""
    rng = np.random.default_rng(seed)
    value = rng.standard_normal((clients, therapists)) + alike * rng.standard_normal(therapists)
    value, allowed = np.round(value, 1) * unit, rng.random(value.shape) < share
    capacity = rng.integers(0, places + 1, therapists)
    placed = assign(value, capacity, allowed, seed)
    who = np.flatnonzero(placed >= 0)
    best = by_copies(value, capacity, allowed)
    assert (len(who), value[who, placed[who]].sum()) == pytest.approx(best, rel=1e-9, abs=1e-12)


@law
@given(seed=seeds, clients=st.integers(1, 12), therapists=st.integers(1, 6), places=st.integers(0, 4))
def test_no_price_changes_what_is_best(seed, clients, therapists, places):
    rng = np.random.default_rng(seed)
    value, allowed = rng.standard_normal((clients, therapists)), rng.random((clients, therapists)) < 0.7
    capacity = rng.integers(0, places + 1, therapists)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(assignment, "_seat_prices", lambda gain, seats: 9 * rng.random(len(seats)))
        placed = assign(value, capacity, allowed, seed)
    who = np.flatnonzero(placed >= 0)
    assert (len(who), value[who, placed[who]].sum()) == pytest.approx(by_copies(value, capacity, allowed))


@law
@given(seed=seeds, clients=st.integers(0, 60), therapists=st.integers(0, 20))
def test_assign_keeps_to_capacity_and_eligibility(seed, clients, therapists):
    value, capacity, allowed = draw_case(seed, clients, therapists)
    placed = assign(value, capacity, allowed, seed)
    who = np.flatnonzero(placed >= 0)
    assert allowed[who, placed[who]].all()
    assert (np.bincount(placed[who], minlength=therapists) <= capacity).all()


def test_assign_takes_one_more_client_before_any_gain():
    value = np.array([[100.0, 0.0], [99.0, 0.0]])
    allowed = np.array([[True, True], [True, False]])
    assert assign(value, np.array([1, 1]), allowed, 0).tolist() == [1, 0]


def test_equal_clients_are_chosen_between_by_the_draw():
    value, allowed = np.zeros((3, 1)), np.ones((3, 1), bool)
    winners = {int(assign(value, np.array([1]), allowed, seed).argmax()) for seed in range(40)}
    assert winners == {0, 1, 2}


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"value": np.array([[np.nan, 0.0]])}, "value"),
        ({"value": np.zeros(2)}, "value"),
        ({"capacity": np.array([1, -1])}, "capacity: position 1"),
        ({"capacity": np.array([1, 0.5])}, "capacity"),
        ({"capacity": np.array([1])}, "capacity"),
        ({"value": np.full((1, 2), 1e300)}, "value: beyond"),
        ({"capacity": np.array([1, 2**70], dtype=object)}, "capacity"),
        ({"allowed": np.ones((2, 2), bool)}, "allowed"),
        ({"allowed": np.ones((1, 2))}, "allowed: float64"),
    ],
)
def test_assign_refuses_what_makes_no_sense(wrong, place):
    given = {"value": np.zeros((1, 2)), "capacity": np.array([1, 1]), "allowed": np.ones((1, 2), bool)}
    with pytest.raises(EstimationError, match=place):
        assign(**(given | wrong), draw_seed=0)


def test_a_draw_needs_a_seed():
    with pytest.raises(EstimationError, match="draw_seed"):
        assign(np.zeros((1, 2)), np.array([1, 1]), np.ones((1, 2), bool), draw_seed=-1)
