"""From forecasts to a short list, for one client or for all of a large clinic at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.forecasting.forecast import Forecast

Hashes = NDArray[np.uint64]
Singles = NDArray[np.float32]

# Means closer than this, in points, are the same: rounding must not decide who is offered first.
TIE = 1e-9

# Clients × therapists looked at together: as many as stay in a core's cache.
BLOCK = 256_000
# The k-th best of the maxima of groups of therapists is a lower bound for the k-th best of all.
GROUP = 8
HALF = np.float32(0.5)
# Added to shares from -1 to 1, which are above a half then.
RAISE = 2.0
TINY = np.finfo(np.float64).tiny


def shortlist(forecast: Forecast, k: int, allowed: Bools, draw_seeds: Ints) -> Ints:
    """The best allowed therapists of each client, best first.

    Single precision finds who comes into question and double precision decides, so the result is that of a
    full sort.

    Parameters
    ----------
    forecast : Forecast
        Of C clients × T therapists.
    k : int
        How many therapists each client is given.
    allowed : boolean array of shape (C, T)
    draw_seeds : array of shape (C,)
        Whole numbers that break ties by a draw, one for each client and day.

    Returns
    -------
    array of shape (C, k)
        Positions of therapists; −1 fills the places for which none is left.

    Raises
    ------
    EstimationError
        On ragged shapes or k below 1.

    References
    ----------
    Higham (2002), §3.1, for the rounding; Steele (2014) for the draw.
    """
    shape = forecast.design.shape
    allowed = check.as_booleans(allowed, shape, "allowed")
    draw_seeds = check.as_integers(draw_seeds, shape[0], "draw_seeds")
    check.require_whole_number(k, 1, "k")
    left, right = forecast.factors
    best = np.full((shape[0], k), -1)
    step = max(BLOCK // max(shape[1], 1), 1)
    raised = _raised_means(left, right, step)
    for start in range(0, shape[0], step):
        rows = slice(start, start + step)
        near = raised.near_top(rows, k, allowed[rows])
        mean = np.matmul(right[near], left[rows, :, None])[:, :, 0]
        last = np.where(near < 0, np.inf, -np.round(mean / TIE))
        order = np.lexsort((_tie_draws(draw_seeds[rows, None], near), last))[:, :k]
        best[rows, : order.shape[1]] = np.take_along_axis(near, order, axis=1)
    return best


@dataclass(frozen=True)
class _RaisedMeans:
    """Means in single precision, as shares of a bound on their size, raised so that 0 can mark the barred.

    left (C, f) and right (f, T): their product are the means; margin: twice how far it may be rounded; means
    (step, T): where the product is written.
    """

    left: Singles
    right: Singles
    margin: np.float32
    means: Singles

    def near_top(self, rows: slice, k: int, allowed: Bools) -> Ints:
        """Therapists who may be among the k best of each client of the rows; −1 where there are no more."""
        means = np.matmul(self.left[rows], self.right, out=self.means[: len(allowed)])
        means *= allowed
        lowest = np.full(len(means), HALF)
        groups = means.shape[1] // GROUP
        if groups >= k:
            tops = means[:, : groups * GROUP].reshape(len(means), GROUP, groups).max(axis=1)
            kth_top = np.partition(tops, groups - k, axis=1)[:, groups - k]
            lowest = np.maximum(HALF, kth_top - self.margin)
        client, therapist = np.divmod(np.flatnonzero(means >= lowest[:, None]), max(means.shape[1], 1))
        found = np.bincount(client, minlength=len(means))
        near = np.full((len(means), found.max(initial=0)), -1)
        near[np.arange(near.shape[1]) < found[:, None]] = therapist
        return near


def _raised_means(left: Floats, right: Floats, step: int) -> _RaisedMeans:
    raised = np.column_stack([_unit_rows(left), np.full(len(left), RAISE)]).astype(np.float32)
    longest = np.sqrt((right**2).sum(axis=1).max(initial=TINY))
    # Twice the rounding of a sum of so many products (Higham 2002, §3.1): one mean up, another down.
    terms = raised.shape[1] + 2
    return _RaisedMeans(
        left=raised,
        right=np.column_stack([right / longest, np.ones(len(right))]).T.astype(np.float32, order="C"),
        margin=np.float32(4 * terms * np.finfo(np.float32).eps * (RAISE + 1)),
        means=np.empty((min(step, len(left)), len(right)), dtype=np.float32),
    )


def _unit_rows(rows: Floats) -> Floats:
    """Each row at length 1, or 0 where it is nothing."""
    return np.asarray(rows / np.sqrt(np.maximum((rows**2).sum(axis=1, keepdims=True), TINY)))


def _tie_draws(seed: Ints, therapist: Ints) -> Hashes:
    """A draw for each pair that depends on nothing but its seed and position, by SplitMix64 (Steele 2014)."""
    return _splitmix64(seed.astype(np.uint64) + _splitmix64(therapist.astype(np.uint64)))


def _splitmix64(x: Hashes) -> Hashes:
    x = x + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(x ^ (x >> np.uint64(31)))
