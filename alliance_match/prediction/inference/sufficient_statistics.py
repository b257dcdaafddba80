"""Sufficient statistics: weighted sums over ratings, kept per therapist and per rater, never (p + T·q)².

A rater with a single rating is integrated out exactly: the row enters the sums with the weight
1 / (noise + rater variance). Raters with two ratings or more keep an intercept of their own. The rows of
single raters are remembered in the rater sums, so that a second rating can turn them into a repeat rater.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy

from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.model.design import Design


@dataclass(frozen=True)
class Roster:
    """Who is in the sums: therapists and raters by ascending id, and the pairs with a rating.

    pair_rater and pair_therapist (K,) are positions, ascending by rater, then therapist.
    """

    therapist_ids: Ints
    rater_ids: Ints
    pair_rater: Ints
    pair_therapist: Ints

    def therapists(self, ids: Ints) -> Ints:
        """Positions of therapists by id, −1 where unknown."""
        return positions_in_ascending(self.therapist_ids, ids)

    def raters(self, ids: Ints) -> Ints:
        """Positions of raters by id, −1 where unknown."""
        return positions_in_ascending(self.rater_ids, ids)

    def pairs(self, rater: Ints, therapist: Ints) -> Ints:
        """Positions of pairs given by the positions of both, −1 where they have no rating."""
        width = len(self.therapist_ids)
        return positions_in_ascending(
            self.pair_rater * width + self.pair_therapist, rater * width + therapist
        )

    @property
    def pair_ids(self) -> Ints:
        """Ids of the rater and of the therapist of each pair, (K, 2)."""
        return np.column_stack([self.rater_ids[self.pair_rater], self.therapist_ids[self.pair_therapist]])

    def of_raters(self, kept: Bools) -> "Roster":
        """The roster of some raters (R,), with all therapists."""
        pairs = kept[self.pair_rater]
        rater = (np.cumsum(kept) - 1)[self.pair_rater[pairs]]
        return Roster(self.therapist_ids, self.rater_ids[kept], rater, self.pair_therapist[pairs])

    def first_pair(self, rater: Ints) -> Ints:
        """Position of the first pair of raters given by position: for a single rater, the only one."""
        return np.searchsorted(self.pair_rater, rater)


def positions_in_ascending(known: Ints, wanted: Ints) -> Ints:
    """Where each wanted value stands in an ascending vector, −1 where it does not."""
    if not len(known):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, at, -1)


def roster_of(client_ids: Ints, therapist_ids: Ints) -> Roster:
    """The roster of the rows given."""
    therapists, t = np.unique(therapist_ids, return_inverse=True)
    raters, r = np.unique(client_ids, return_inverse=True)
    pairs = np.unique(r * max(len(therapists), 1) + t)
    return Roster(therapists, raters, *np.divmod(pairs, max(len(therapists), 1)))


@dataclass(frozen=True)
class Sums:
    """The weighted sums of the rows of a roster; additive, so that they can be combined and updated.

    Global: gram (p, p), moment (p,). Own to a therapist: own_gram (T, q, q), own_cross (T, q, p),
    own_moment (T, q). Rater: rater_weight (R,), rater_cross (R, p), rater_moment (R,), pair_cross (K, q).
    Counts of rows: rater_count (R,), pair_count (K,). square: weighted sum of y².
    """

    gram: Floats
    moment: Floats
    own_gram: Floats
    own_cross: Floats
    own_moment: Floats
    rater_weight: Floats
    rater_cross: Floats
    rater_moment: Floats
    pair_cross: Floats
    rater_count: Ints
    pair_count: Ints
    square: float

    @property
    def repeat(self) -> Bools:
        """Which raters have an intercept of their own, (R,)."""
        return np.asarray(self.rater_count > 1)


def weighted_sums(design: Design, roster: Roster, weight: Floats, rater_weight: Floats) -> Sums:
    """Sum the rows: `weight` (n,) in the global and therapist sums, `rater_weight` (n,) in the raters'.

    A rater who is not in the roster has no sums.
    """
    rater = roster.raters(design.client_ids)
    therapist = roster.therapists(design.therapist_ids)
    of_therapist = _membership_matrix(therapist, len(roster.therapist_ids))
    of_rater = _membership_matrix(rater, len(roster.rater_ids))
    of_pair = _membership_matrix(roster.pairs(rater, therapist), len(roster.pair_rater))
    g, h, y = design.g, design.h, design.y
    weighted = h * weight[:, None]
    return Sums(
        gram=(g * weight[:, None]).T @ g,
        moment=g.T @ (weight * y),
        own_gram=np.stack([of_therapist @ (weighted * h[:, [a]]) for a in range(h.shape[1])], axis=1),
        own_cross=np.stack([of_therapist @ (g * weighted[:, [a]]) for a in range(h.shape[1])], axis=1),
        own_moment=of_therapist @ (weighted * y[:, None]),
        rater_weight=of_rater @ rater_weight,
        rater_cross=of_rater @ (g * rater_weight[:, None]),
        rater_moment=of_rater @ (rater_weight * y),
        pair_cross=of_pair @ (h * rater_weight[:, None]),
        rater_count=np.diff(of_rater.indptr).astype(np.int64),
        pair_count=np.diff(of_pair.indptr).astype(np.int64),
        square=float(weight @ y**2),
    )


def _membership_matrix(member: Ints, groups: int) -> "scipy.sparse.csr_array":
    """Sums rows by group when multiplied from the left, those of no group (−1) in none: (groups, n)."""
    rows = np.flatnonzero(member >= 0)
    return scipy.sparse.csr_array((np.ones(len(rows)), (member[rows], rows)), shape=(groups, len(member)))


def combine_sums(parts: list[Sums], weights: Floats) -> Sums:
    """Weighted sum of sums over the same roster; counts add without weight."""
    total = {}
    for name in Sums.__dataclass_fields__:
        values = [getattr(part, name) for part in parts]
        counted = name.endswith("_count")
        total[name] = sum(v if counted else v * w for v, w in zip(values, weights.tolist(), strict=True))
    return Sums(**total)


def reindex_sums(sums: Sums, old: Roster, new: Roster) -> Sums:
    """Move sums to a roster that adds members, or lacks members whose sums are void."""
    t = new.therapists(old.therapist_ids)
    r = new.raters(old.rater_ids)
    k = _pairs_reindexed(old, new, r, t)
    moved = {name: _array_reindexed(getattr(sums, name), t, len(new.therapist_ids)) for name in _NAMES["own"]}
    moved |= {name: _array_reindexed(getattr(sums, name), r, len(new.rater_ids)) for name in _NAMES["rater"]}
    moved |= {name: _array_reindexed(getattr(sums, name), k, len(new.pair_rater)) for name in _NAMES["pair"]}
    return replace(sums, **moved)  # type: ignore[arg-type]


_NAMES = {
    kind: tuple(name for name in Sums.__dataclass_fields__ if name.startswith(f"{kind}_"))
    for kind in ("own", "rater", "pair")
}


def _pairs_reindexed(old: Roster, new: Roster, r: Ints, t: Ints) -> Ints:
    rater, therapist = r[old.pair_rater], t[old.pair_therapist]
    return np.where((rater < 0) | (therapist < 0), -1, new.pairs(rater, therapist))


def _array_reindexed(values: np.ndarray, to: Ints, length: int) -> np.ndarray:
    moved = np.zeros((length, *values.shape[1:]), dtype=values.dtype)
    moved[to[to >= 0]] = values[to >= 0]
    return moved
