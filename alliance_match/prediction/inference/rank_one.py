"""Single ratings added or removed since the last solve, each a rank-one update of what was solved.

A row is a linear functional of all coefficients. Those that ψ (global columns, repeat raters) does not hold
follow from it: θ_t = A_t⁻¹(r_t − C_t ψ) + e_t, and the intercept of a client with a single rating from that
rating. So every row is weights′ψ and a remainder of its own, whoever the client and the therapist are, and k
rows with covariances K and noise D move the means by Cov(ψ, rows) (K + D)⁻¹ innovation; a removed row is one
of negative noise (Sherman & Morrison 1950; Woodbury 1950).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.inference.posterior import Posterior
from alliance_match.prediction.inference.statistics_update import Statistics
from alliance_match.prediction.inference.sufficient_statistics import Roster, Sums
from alliance_match.prediction.model.design import Design
from alliance_match.prediction.model.prior_precision import CoefficientPrior
from alliance_match.prediction.model.priors import Variances

# ψ may have this many entries: their dense covariance is 50 MB.
WIDEST = 2_500

# Rows by which a solution is updated before the sums are solved anew.
LONGEST = 32

# Columns of the dense covariance that are solved for at once.
AT_ONCE = 256

_NOTHING: Ints = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class SolvedState:
    """What rows update: solved sums with the dense covariance of ψ, (p + R, p + R).

    therapist_pairs (K,) are positions of the pattern's pairs in the order of therapists, whose pairs end at
    therapist_ends (T + 1,).
    """

    roster: Roster
    sums: Sums
    posterior: Posterior
    prior: CoefficientPrior
    variances: Variances
    mean: Floats
    covariance: Floats
    therapist_pairs: Ints
    therapist_ends: Ints

    @property
    def p(self) -> int:
        """Number of global columns."""
        return len(self.posterior.coefficients)


def solved_state(
    statistics: Statistics, posterior: Posterior, prior: CoefficientPrior, variances: Variances
) -> SolvedState:
    """Solve for the dense covariance of ψ, which all rows to come share."""
    therapist = posterior.pattern.pair_therapist
    order = np.argsort(therapist, kind="stable")
    return SolvedState(
        roster=statistics.roster,
        sums=statistics.sums,
        posterior=posterior,
        prior=prior,
        variances=variances,
        mean=posterior.mean,
        covariance=_dense_covariance(posterior),
        therapist_pairs=order,
        therapist_ends=np.searchsorted(therapist[order], np.arange(len(posterior.own) + 1)),
    )


def _dense_covariance(posterior: Posterior) -> Floats:
    size = len(posterior.mean)
    covariance = np.empty((size, size))
    none = np.zeros((*posterior.own.shape, 1))
    # Column blocks: the solution for all columns at once would also hold T·q rows of each.
    for start in range(0, size, AT_ONCE):
        psi = np.eye(size, min(AT_ONCE, size - start), -start)
        theta = np.broadcast_to(none, (*none.shape[:2], psi.shape[1]))
        covariance[:, start : start + AT_ONCE] = posterior.covariance_with(psi, theta)[0]
    return covariance


@dataclass(frozen=True)
class _TherapistPart:
    """h′θ_t seen from ψ: weights at some positions, a constant, and A_t⁻¹ h (q,)."""

    at: Ints
    weights: Floats
    constant: float
    answer: Floats


def _therapist_part(state: SolvedState, t: int, h: Floats) -> _TherapistPart:
    """h′θ_t of a therapist given by position, −1 where never seen."""
    if t < 0:
        return _TherapistPart(_NOTHING, np.empty(0), 0.0, np.diag(1.0 / state.prior.own) @ h)
    sums, pattern = state.sums, state.posterior.pattern
    answer = np.linalg.solve(sums.own_gram[t] + np.diag(state.prior.own), h)
    pairs = state.therapist_pairs[state.therapist_ends[t] : state.therapist_ends[t + 1]]
    cross = sums.pair_cross[pattern.pair[pairs]]
    weights = -np.concatenate([answer @ sums.own_cross[t], cross @ answer])
    at = np.concatenate([np.arange(state.p), state.p + pattern.pair_rater[pairs]])
    return _TherapistPart(at, weights, float(answer @ sums.own_moment[t]), answer)


@dataclass(frozen=True)
class RowFunctional:
    """One row seen from ψ: its weights at positions `at`, and the mean of the remainder.

    What the remainder may share with another row's: (id, h, A_t⁻¹ h) of each therapist, and the variance of
    what ψ leaves open about the client (0 if the client's intercept is in ψ).
    """

    at: Ints
    weights: Floats
    constant: float
    therapists: tuple[tuple[int, Floats, Floats], ...]
    client: int
    variance: float

    def shared(self, other: "RowFunctional") -> float:
        """Covariance with another row beyond what ψ explains."""
        own = sum(
            float(h @ answer) for t, h, _ in self.therapists for s, _, answer in other.therapists if s == t
        )
        return own + self.variance * (self.client == other.client)


def row_functional(state: SolvedState, design: Design) -> RowFunctional:
    """The only row of a design."""
    sums, roster = state.sums, state.roster
    rater = int(roster.raters(design.client_ids)[0])
    client = int(design.client_ids[0])
    g, terms, constant = design.g[0], [(int(design.therapist_ids[0]), design.h[0])], 0.0
    extra, variance = _NOTHING, state.variances.rater
    if rater >= 0 and sums.rater_count[rater] > 1:
        extra, variance = state.p + np.searchsorted(state.posterior.repeat, [rater]), 0.0
    elif rater >= 0:
        pair = roster.first_pair(np.array([rater]))
        variance = 1.0 / float(sums.rater_weight[rater] + state.prior.rater)
        g = g - variance * sums.rater_cross[rater]
        constant = variance * float(sums.rater_moment[rater])
        former = int(roster.therapist_ids[roster.pair_therapist[pair[0]]])
        terms.append((former, -variance * sums.pair_cross[pair[0]]))
    positions = roster.therapists(np.array([t for t, _ in terms])).tolist()
    parts = [_therapist_part(state, t, h) for t, (_, h) in zip(positions, terms, strict=True)]
    return RowFunctional(
        at=np.concatenate([np.arange(state.p), extra, *(part.at for part in parts)]),
        weights=np.concatenate([g, np.ones(len(extra)), *(part.weights for part in parts)]),
        constant=constant + sum(part.constant for part in parts),
        therapists=tuple((t, h, part.answer) for (t, h), part in zip(terms, parts, strict=True)),
        client=client,
        variance=variance,
    )


@dataclass(frozen=True)
class RankOneUpdates:
    """k rows that update a solved state: covariances (k, p + R) with ψ and (k, k) with one another, noise
    included, and how far (k,) each score lay from what the state expected."""

    state: SolvedState
    rows: tuple[RowFunctional, ...]
    with_psi: Floats
    covariance: Floats
    innovation: Floats

    @cached_property
    def mean(self) -> Floats:
        """Mean of the state's ψ after all rows, (p + R,)."""
        weights = np.linalg.solve(self.covariance, self.innovation)
        return np.asarray(self.state.mean + weights @ self.with_psi)

    @property
    def coefficients(self) -> Floats:
        """Means of the global columns after all rows, (p,)."""
        return self.mean[: self.state.p]

    def then(self, design: Design, sign: int) -> "RankOneUpdates":
        """After one more row, added (sign 1) or removed (−1)."""
        state, row = self.state, row_functional(self.state, design)
        towards = row.weights @ state.covariance[row.at]
        noise = float(design.noise(state.variances)[0])
        rows = (*self.rows, row)
        k = len(rows)
        covariance = np.empty((k, k))
        covariance[:-1, :-1] = self.covariance
        with_psi = np.concatenate([self.with_psi, towards[None]])
        covariance[-1] = with_psi[:, row.at] @ row.weights + [row.shared(other) for other in rows]
        covariance[:-1, -1] = covariance[-1, :-1]
        covariance[-1, -1] += sign * noise
        expected = row.constant + float(row.weights @ state.mean[row.at])
        innovation = np.append(self.innovation, design.y[0] - expected)
        return RankOneUpdates(state, rows, with_psi, covariance, innovation)


def no_updates(
    statistics: Statistics, posterior: Posterior, prior: CoefficientPrior, variances: Variances
) -> RankOneUpdates | None:
    """Solved sums that no row has updated yet; None where the covariance of ψ would be too large."""
    size = len(posterior.mean)
    if size > WIDEST:
        return None
    state = solved_state(statistics, posterior, prior, variances)
    return RankOneUpdates(state, (), np.empty((0, size)), np.empty((0, 0)), np.empty(0))
