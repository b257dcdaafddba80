"""Which ratings a state rests on, without what they say."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Bools, Ints
from alliance_match.prediction.data.errors import EstimationError


@dataclass(frozen=True)
class RatingVersions:
    """Which ratings a state rests on: n rows, in any order.

    Parameters
    ----------
    client_ids, therapist_ids : array of int, shape (n,)
    versions : array of int, shape (n,)
        The same for as long as the rating is, and another once it was changed: refitting changes none.

    Raises
    ------
    EstimationError
        On arrays of other shapes, or entries that are not whole numbers.
    """

    client_ids: Ints
    therapist_ids: Ints
    versions: Ints

    def __post_init__(self) -> None:
        length = None
        for name in ("client_ids", "therapist_ids", "versions"):
            array = check.as_integers(getattr(self, name), length, f"ratings: {name}")
            object.__setattr__(self, name, array)
            length = len(array)

    def __len__(self) -> int:
        return len(self.versions)

    @cached_property
    def rows(self) -> Ints:
        """Client, therapist and version of each rating, (n, 3)."""
        return np.column_stack([self.client_ids, self.therapist_ids, self.versions])

    def kept(self, chosen: Bools) -> "RatingVersions":
        """Those chosen by a mask."""
        return RatingVersions(self.client_ids[chosen], self.therapist_ids[chosen], self.versions[chosen])

    def missing_from(self, other: "RatingVersions") -> Bools:
        """Which of these ratings another set has not, (n,)."""
        known = set(map(tuple, other.rows.tolist()))
        return np.array([tuple(row) not in known for row in self.rows.tolist()], dtype=bool)


def changed_pairs(before: RatingVersions, after: RatingVersions) -> Ints:
    """Clients and therapists between whom a rating came, went or changed: (k, 2), each pair once."""
    came = after.rows[after.missing_from(before), :2]
    went = before.rows[before.missing_from(after), :2]
    return np.unique(np.concatenate([came, went]), axis=0)


def held_back(published: RatingVersions, newest: RatingVersions, share: float) -> Bools:
    """Which of the newest ratings wait, (n,): those of therapists of whose raters a smaller share changed."""
    therapists, changed = np.unique(changed_pairs(published, newest)[:, 1], return_counts=True)
    rated = np.sort(np.unique(published.rows[:, :2], axis=0)[:, 1])
    raters = np.searchsorted(rated, therapists, "right") - np.searchsorted(rated, therapists)
    few = therapists[changed < share * raters]
    return np.asarray(newest.missing_from(published) & np.isin(newest.therapist_ids, few))


def therapist_contents(ratings: RatingVersions, therapist_ids: Ints) -> Iterator[bytes]:
    """What sets one therapist's figures apart from those of other ratings, in the order of the ids given.

    All ratings by the therapist's raters: what a rater gave others tells how high they tend to rate.
    """
    rows = ratings.rows[np.lexsort(ratings.rows.T[::-1])]
    clients, starts = np.unique(rows[:, 0], return_index=True)
    ends = np.append(starts[1:], len(rows))
    pairs = np.unique(rows[:, :2], axis=0)
    pairs = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    at = np.searchsorted(clients, pairs[:, 0])
    for t in therapist_ids.tolist():
        low, high = np.searchsorted(pairs[:, 1], [t, t + 1])
        parts = [rows[starts[k] : ends[k]] for k in at[low:high].tolist()]
        yield b"".join(np.ascontiguousarray(part, dtype="<i8").tobytes() for part in parts)


def require_same_pairs(ratings: RatingVersions, pairs: Ints) -> None:
    """Raise unless these are ratings between exactly those clients and therapists (k, 2), in order."""
    given = np.unique(ratings.rows[:, :2], axis=0)
    if not np.array_equal(given, pairs):
        raise EstimationError(f"ratings: of {len(given)} pairs, the newest state has {len(pairs)} or others")
