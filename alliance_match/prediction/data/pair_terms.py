"""Match features as sums of products, so that all pairs are scored by one matrix product.

Every feature here is centred for each client over the therapists given: it says how much better or worse
than the client's average choice a therapist fits. Unknown on either side counts as that average, 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.data.errors import EstimationError

POSITIONS = np.arange(-3.0, 4.0)
HIGHEST_IMPORTANCE = 3.0

# One unit of agreement: three steps apart at importance 1. Over usual positions one dimension then has
# a standard deviation of about 1, which is the unit the default prior speaks in.
STYLE_UNIT = 9.0


@dataclass(frozen=True)
class PairTerms:
    """A match feature as a sum of products: value[c, t] = client[c] · therapist[t].

    Parameters
    ----------
    client : array of shape (C, r)
        Finite.
    therapist : array of shape (T, r)
        Finite.

    Raises
    ------
    EstimationError
        If they are ragged or not finite.
    """

    client: Floats
    therapist: Floats

    def __post_init__(self) -> None:
        client = check.as_floats(self.client, (None, None), "client terms")
        therapist = check.as_floats(self.therapist, (None, client.shape[1]), "therapist terms")
        for side, terms in (("client terms", client), ("therapist terms", therapist)):
            check.require_finite(terms, side)
            check.require_not_infinite(terms, side)
        object.__setattr__(self, "client", client)
        object.__setattr__(self, "therapist", therapist)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of clients and of therapists."""
        return len(self.client), len(self.therapist)

    def values(self) -> Floats:
        """Every pair, (C, T)."""
        return np.asarray(self.client @ self.therapist.T)

    def at(self, c: Ints, t: Ints) -> Floats:
        """The pairs (c[i], t[i]), by position: (n,)."""
        return np.asarray(np.einsum("nr,nr->n", self.client[c], self.therapist[t]))

    def value(self, c: int, t: int) -> float:
        """One pair, by position."""
        return float(self.client[c] @ self.therapist[t])

    def of_clients(self, chosen: slice | Ints) -> "PairTerms":
        """The same feature for some of the clients."""
        return PairTerms(self.client[chosen], self.therapist)


def style_agreement(position: Floats, importance: Floats, practised: Floats, reach: Floats) -> PairTerms:
    """Agreement on one style dimension: −importance · max(0, |position − practised| − reach)² / 9.

    Centred per client over the therapists; exact, because a position is one of seven and the square needs
    no more than a product for each.

    Parameters
    ----------
    position : array of shape (C,)
        What each client wants, whole numbers −3 to 3, NaN unknown.
    importance : array of shape (C,)
        0 to 3, NaN unknown.
    practised : array of shape (T,)
        What each therapist does, −3 to 3, NaN unknown.
    reach : array of shape (T,)
        How far the therapist can move, from 0 on.

    Returns
    -------
    PairTerms
        In units of three steps apart at importance 1.

    Raises
    ------
    EstimationError
        On a value out of its range, a position that is not whole, or ragged shapes.
    """
    wanted = check.as_floats(position, (None,), "position")
    weight = check.as_floats(importance, (len(wanted),), "importance")
    offered = check.as_floats(practised, (None,), "practised")
    moves = check.as_floats(reach, (len(offered),), "reach")
    _check_style(wanted, weight, offered, moves)
    is_at = (wanted[:, None] == POSITIONS) * np.nan_to_num(weight)[:, None]
    gap = np.maximum(0.0, np.abs(POSITIONS - offered[:, None]) - moves[:, None])
    return PairTerms(is_at / STYLE_UNIT, _centred(-(gap**2)))


def _check_style(wanted: Floats, weight: Floats, offered: Floats, moves: Floats) -> None:
    check.require_between(wanted, -3, 3, "position")
    check.require_between(weight, 0, HIGHEST_IMPORTANCE, "importance")
    check.require_between(offered, -3, 3, "practised")
    check.require_between(moves, 0, np.inf, "reach")
    if (wanted != np.round(wanted))[~np.isnan(wanted)].any():
        raise EstimationError("position: must be whole numbers from -3 to 3")


def concern_overlap(concerns: Floats, competence: Floats) -> PairTerms:
    """How much of what a client brings a therapist works with, centred per client over the therapists.

    Parameters
    ----------
    concerns : array of shape (C, k)
        0 or 1, NaN unknown.
    competence : array of shape (T, k)
        In any unit, NaN unknown.

    Returns
    -------
    PairTerms
        In the unit of `competence`.

    Raises
    ------
    EstimationError
        On ragged shapes.
    """
    brought = check.as_floats(concerns, (None, None), "concerns")
    offered = check.as_floats(competence, (None, brought.shape[1]), "competence")
    return PairTerms(np.nan_to_num(brought), _centred(offered))


def sum_of_terms(terms: Sequence[PairTerms]) -> PairTerms:
    """The sum of several match features: the pooled agreement of all style dimensions.

    Parameters
    ----------
    terms : sequence of PairTerms
        All of the same clients and therapists.

    Returns
    -------
    PairTerms

    Raises
    ------
    EstimationError
        Without terms, or on ragged ones.
    """
    if not terms:
        raise EstimationError("total: no terms to add")
    return PairTerms(
        np.concatenate([term.client for term in terms], axis=1),
        np.concatenate([term.therapist for term in terms], axis=1),
    )


def _centred(therapist: Floats) -> Floats:
    known = ~np.isnan(therapist)
    mean = np.where(known, therapist, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(known, therapist - mean, 0.0)
