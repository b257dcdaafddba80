"""From forecasts to a short list, for one client or for all of a large clinic at once."""

import numpy as np
from numpy.typing import NDArray

from alliance_match.prediction import validation as check
from alliance_match.prediction.arrays import Bools, Floats, Ints
from alliance_match.prediction.forecast import Forecast

Hashes = NDArray[np.uint64]

# Means closer than this, in points, are the same: rounding must not decide who is offered first.
TIE = 1e-9

# Clients × therapists looked at together: as many as stay in a core's cache.
BLOCK = 256_000
# The k-th best of the maxima of groups of therapists is a lower bound for the k-th best of all.
GROUP = 8
HALF = np.float32(0.5)


def shortlist(forecast: Forecast, k: int, allowed: Bools, draw_seeds: Ints) -> Ints:
    """The k best allowed therapists of each client, best first, as positions (C, k).

    −1 fills the places for which none is left. allowed (C, T); draw_seeds (C,) break ties by a draw, one seed
    per client and day. Single precision finds who comes into question and double precision decides, so the
    result is that of a full sort. Raises EstimationError on ragged shapes or k below 1.
    """
    shape = forecast.design.shape
    allowed = check.booleans(allowed, shape, "allowed")
    draw_seeds = check.integers(draw_seeds, shape[0], "draw_seeds")
    check.whole(k, 1, "k")
    left, right = forecast.design.factors
    raised = _Raised(left, right)
    best = np.full((shape[0], k), -1)
    step = max(BLOCK // max(shape[1], 1), 1)
    for start in range(0, shape[0], step):
        rows = slice(start, start + step)
        client, therapist = raised.near_top(rows, k, allowed[rows])
        mean = np.einsum("nf,nf->n", left[rows][client], right[therapist])
        draw = _draw(draw_seeds[rows][client], therapist)
        order = np.lexsort((draw, -np.round(mean / TIE), client))
        place = np.arange(len(order)) - np.searchsorted(client, client)
        kept = place < k
        best[rows][client[kept], place[kept]] = therapist[order][kept]
    return best


class _Raised:
    """Means in single precision, raised by a bound on their size: all positive, so 0 can mark the barred."""

    def __init__(self, left: Floats, right: Floats) -> None:
        longest = np.sqrt((right**2).sum(axis=1).max(initial=0.0))
        bound = 1.0 + 1.01 * longest * np.sqrt((left**2).sum(axis=1))
        self.left = np.column_stack([left, bound]).astype(np.float32)
        self.right = np.column_stack([right, np.ones(len(right))]).T.astype(np.float32, order="C")
        # Twice the rounding of a sum of so many products (Higham 2002, §3.1): one mean up, another down.
        terms = self.left.shape[1] + 2
        self.margin = (4 * terms * np.finfo(np.float32).eps * bound).astype(np.float32)

    def near_top(self, rows: slice, k: int, allowed: Bools) -> tuple[Ints, Ints]:
        """Clients (ascending, from the first of the rows) and therapists that may be among the k best."""
        means = self.left[rows] @ self.right
        means *= allowed
        lowest = np.full(len(means), HALF)
        groups = means.shape[1] // GROUP
        if groups >= k:
            tops = means[:, : groups * GROUP].reshape(len(means), GROUP, groups).max(axis=1)
            kth_top = np.partition(tops, groups - k, axis=1)[:, groups - k]
            lowest = np.maximum(HALF, kth_top - self.margin[rows])
        found = np.flatnonzero(means >= lowest[:, None])
        client, therapist = np.divmod(found, max(means.shape[1], 1))
        return client, therapist


def _draw(seed: Ints, therapist: Ints) -> Hashes:
    """A draw for each pair that depends on nothing but its seed and position, by SplitMix64 (Steele 2014)."""
    return _mixed(seed.astype(np.uint64) + _mixed(therapist.astype(np.uint64)))


def _mixed(x: Hashes) -> Hashes:
    x = x + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(x ^ (x >> np.uint64(31)))
