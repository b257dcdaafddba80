"""Placing many waiting clients at once, under the therapists' capacities."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from alliance_match.prediction import validation as check
from alliance_match.prediction.arrays import Bools, Floats, Ints
from alliance_match.prediction.errors import EstimationError


def assign(value: Floats, capacity: Ints, allowed: Bools, draw_seed: int) -> Ints:
    """The best place for every client: positions of therapists (C,), −1 where no place could be found.

    As many clients as possible are placed; among all ways to do that, the sum of their value (C, T) is the
    greatest. capacity (T,) counts free places, allowed (C, T) says who may be placed with whom; equal ways
    are chosen between by a draw. Exact (Jonker & Volgenant 1987, as SciPy has it), cubic in clients or
    places. Raises EstimationError on ragged shapes, a value that is not finite, or a capacity below 0.
    """
    value = check.floats(value, (None, None), "value")
    capacity = check.integers(capacity, value.shape[1], "capacity")
    _check(value, capacity, allowed)
    rng = np.random.default_rng(draw_seed)
    clients = rng.permutation(len(value))
    places = rng.permutation(np.repeat(np.arange(len(capacity)), np.minimum(capacity, len(value))))
    # One more client placed must outweigh whatever the others could gain.
    barred = (np.ptp(value) + 1.0) * (min(len(clients), len(places)) + 1) if value.size else 0.0
    gain = np.where(allowed, value, value.min(initial=0.0) - barred)
    row, column = linear_sum_assignment(gain[np.ix_(clients, places)], maximize=True)
    client, therapist = clients[row], places[column]
    placed = np.full(len(value), -1)
    kept = allowed[client, therapist]
    placed[client[kept]] = therapist[kept]
    return placed


def _check(value: Floats, capacity: Ints, allowed: Bools) -> None:
    check.finite(value, "value")
    if allowed.shape != value.shape:
        raise EstimationError(f"allowed: shape {allowed.shape}, expected {value.shape}")
    if (capacity < 0).any():
        raise EstimationError(f"capacity: position {int(np.argmax(capacity < 0))} is below 0")
