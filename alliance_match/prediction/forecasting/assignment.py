"""Placing many waiting clients at once, under the therapists' capacities."""

import numpy as np
import scipy

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.errors import EstimationError

# How soft the clients' choices are while prices are sought, in spreads of value, and the rounds at each.
SOFTNESS = (0.6, 0.2, 0.06, 0.02)
ROUNDS = 20

# Demand and exponentials below this count as this, so that every price is finite.
LEAST = 1e-300

# Values in points are far below this.
LARGEST = 1e6


def assign(value: Floats, capacity: Ints, allowed: Bools, draw_seed: int) -> Ints:
    """Place many waiting clients at once, under the therapists' capacities.

    As many clients as possible are placed; among all ways to do that, the sum of their value is the
    greatest. Equal ways are chosen between by a draw. Cubic in clients or places.

    Parameters
    ----------
    value : array of shape (C, T)
        What each client gains with each therapist, in points.
    capacity : array of shape (T,)
        Whole numbers: free places of each therapist.
    allowed : boolean array of shape (C, T)
        Who may be placed with whom.
    draw_seed : int
        Decides between ways that are equally good.

    Returns
    -------
    array of shape (C,)
        Positions of therapists, −1 where no place could be found.

    Raises
    ------
    EstimationError
        On ragged shapes, a value that is not finite or beyond a million, a capacity below 0, or an
        `allowed` that is not boolean.

    References
    ----------
    Jonker & Volgenant (1987), as SciPy has it; prices from Sinkhorn's scaling, Cuturi (2013).
    """
    value = check.as_floats(value, (None, None), "value")
    capacity = check.as_integers(capacity, value.shape[1], "capacity")
    allowed = check.as_booleans(allowed, value.shape, "allowed")
    _check_arguments(value, capacity)
    check.require_whole_number(draw_seed, 0, "draw_seed")
    rng = np.random.default_rng(draw_seed)
    clients, therapists = rng.permutation(value.shape[0]), rng.permutation(value.shape[1])
    mixed = np.ix_(clients, therapists)
    placed = np.full(len(value), -1)
    if value.size:
        found = _assigned_therapists(value[mixed], capacity[therapists], allowed[mixed])
        placed[clients] = np.where(found >= 0, therapists[found], -1)
    return placed


def _assigned_therapists(value: Floats, capacity: Ints, allowed: Bools) -> Ints:
    """Positions of therapists (C,) by linear assignment of clients, and of nobody, to seats."""
    C, T = value.shape
    seats = np.minimum(capacity, C)
    spare = int(seats.sum()) - C
    # The last column is nowhere, with a seat for each client for whom there are too few places.
    seats = np.append(seats, max(-spare, 0))
    gain = np.column_stack([np.where(allowed, value, -np.inf), np.full(C, value.mean())])
    # If every seat is taken, some by nobody, prices add the same to every way and none is better for them.
    # Where very many are left over, filling them all costs more than prices save.
    nobody, price = (max(spare, 0), _seat_prices(gain, seats)) if spare <= C else (0, np.zeros(T + 1))
    # One more client placed must outweigh whatever the others could gain.
    barred = (np.ptp(value) + 1.0) * (C + 1)
    cost = np.vstack([np.zeros((nobody, T + 1)), -np.maximum(gain, value.min() - barred)]) + price
    _, taken = scipy.optimize.linear_sum_assignment(np.repeat(cost, seats, axis=1))
    found = np.repeat(np.arange(T + 1), seats)[taken[nobody:]]
    return np.where(np.isfinite(gain[np.arange(C), found]) & (found < T), found, -1)


def _seat_prices(gain: Floats, seats: Ints) -> Floats:
    """What to charge for a seat, (T,), so that about as many clients want one as there are: nearly all then
    agree at once. Clients choose softly, less and less so (Sinkhorn's scaling; Cuturi 2013)."""
    known = np.isfinite(gain)
    worse = gain - gain.max(axis=1, keepdims=True)
    spread = float(worse[known].std()) or 1.0
    price = np.zeros(len(seats))
    for softness in spread * np.array(SOFTNESS):
        choice, scale = np.exp(worse / softness), np.exp(-price / softness)
        for _ in range(ROUNDS):
            demand = (1.0 / np.maximum(choice @ scale, LEAST)) @ choice
            scale = np.clip(seats / np.maximum(demand, LEAST), LEAST, 1.0)
        price = -softness * np.log(scale)
    return price


def _check_arguments(value: Floats, capacity: Ints) -> None:
    check.require_finite(value, "value")
    if np.abs(value).max(initial=0.0) > LARGEST:
        raise EstimationError(f"value: beyond {LARGEST:g}, sums would be rounded away")
    if (capacity < 0).any():
        raise EstimationError(f"capacity: position {int(np.argmax(capacity < 0))} is below 0")
