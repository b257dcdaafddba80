"""Single ratings learnt and unlearnt since the last solve, each a rank-one change of what was solved.

A row is a linear functional of all coefficients. Those that ψ (global columns, repeat raters) does not hold
follow from it: θ_t = A_t⁻¹(r_t − C_t ψ) + e_t, and the intercept of a client with a single rating from that
rating. So every row is left′ψ and a remainder of its own, whoever the client and the therapist are, and k
rows with covariances K and noise D move the means by Cov(ψ, rows) (K + D)⁻¹ surprise; an unlearnt row is one
of negative noise (Sherman & Morrison 1950; Woodbury 1950).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.inference.posterior import Posterior
from alliance_match.prediction.inference.statistics_update import Ledger, Pending
from alliance_match.prediction.model.design import Design
from alliance_match.prediction.model.prior_precision import Precisions
from alliance_match.prediction.model.priors import Variances

# ψ may have this many entries: their dense covariance is 50 MB.
WIDEST = 2_500

# Rows that are followed before the sums are solved anew.
LONGEST = 32


class Ground:
    """What rows are followed from: solved sums with the dense covariance of ψ."""

    def __init__(
        self, ledger: Ledger | Pending, posterior: Posterior, prior: Precisions, variances: Variances
    ) -> None:
        self.roster, self.sums, self.posterior = ledger.roster, ledger.sums, posterior
        self.prior, self.variances = prior, variances
        self.mean = posterior.mean
        size, self.p = len(self.mean), len(posterior.coefficients)
        # Column blocks: the solution for all columns at once would also hold T·q rows of each.
        self.covariance = np.empty((size, size))
        none = np.zeros((*posterior.own.shape, 1))
        for start in range(0, size, 256):
            psi = np.eye(size, min(256, size - start), -start)
            theta = np.broadcast_to(none, (*none.shape[:2], psi.shape[1]))
            self.covariance[:, start : start + 256] = posterior.covariance_with(psi, theta)[0]
        met = posterior.met
        self._order = np.argsort(met.pair_therapist, kind="stable")
        self._ends = np.searchsorted(met.pair_therapist[self._order], np.arange(len(posterior.own) + 1))
        self._cross = self.sums.pair_cross[met.kept]

    @cached_property
    def unmet(self) -> Floats:
        """Covariance of a therapist's own coefficients before any rating, (q, q)."""
        return np.diag(1.0 / self.prior.own)

    def therapist(self, t: int, h: Floats) -> "_Part":
        """h′θ_t of a therapist given by position, −1 where never seen."""
        if t < 0:
            return _Part(_NOTHING, np.empty(0), 0.0, self.unmet @ h)
        sums, met = self.sums, self.posterior.met
        answer = np.linalg.solve(sums.own_gram[t] + np.diag(self.prior.own), h)
        pairs = self._order[self._ends[t] : self._ends[t + 1]]
        left = -np.concatenate([answer @ sums.own_cross[t], self._cross[pairs] @ answer])
        at = np.concatenate([np.arange(self.p), self.p + met.pair_rater[pairs]])
        return _Part(at, left, float(answer @ sums.own_moment[t]), answer)


_NOTHING: Ints = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class _Part:
    """h′θ_t seen from ψ: weights at some positions, a constant, and A_t⁻¹ h (q,)."""

    at: Ints
    weights: Floats
    constant: float
    answer: Floats


@dataclass(frozen=True)
class Row:
    """One row seen from ψ: weights `left` at positions `at`, and the mean of the remainder.

    What the remainder may share with another row's: (id, h, A_t⁻¹ h) of each therapist, and the variance of
    what ψ leaves open about the client (0 if the client's intercept is in ψ).
    """

    at: Ints
    left: Floats
    constant: float
    therapists: tuple[tuple[int, Floats, Floats], ...]
    client: int
    variance: float

    def shared(self, other: "Row") -> float:
        """Covariance with another row beyond what ψ explains."""
        own = sum(
            float(h @ answer) for t, h, _ in self.therapists for s, _, answer in other.therapists if s == t
        )
        return own + self.variance * (self.client == other.client)


def row_of(ground: Ground, design: Design) -> Row:
    """The only row of a design."""
    sums, roster = ground.sums, ground.roster
    rater = int(roster.raters(design.client_ids)[0])
    client = int(design.client_ids[0])
    g, terms, constant = design.g[0], [(int(design.therapist_ids[0]), design.h[0])], 0.0
    extra, variance = _NOTHING, ground.variances.rater
    if rater >= 0 and sums.rater_count[rater] > 1:
        extra, variance = ground.p + np.searchsorted(ground.posterior.repeat, [rater]), 0.0
    elif rater >= 0:
        pair = roster.first_pair(np.array([rater]))
        variance = 1.0 / float(sums.rater_weight[rater] + ground.prior.rater)
        g = g - variance * sums.rater_cross[rater]
        constant = variance * float(sums.rater_moment[rater])
        former = int(roster.therapist_ids[roster.pair_therapist[pair[0]]])
        terms.append((former, -variance * sums.pair_cross[pair[0]]))
    positions = roster.therapists(np.array([t for t, _ in terms])).tolist()
    parts = [ground.therapist(t, h) for t, (_, h) in zip(positions, terms, strict=True)]
    return Row(
        at=np.concatenate([np.arange(ground.p), extra, *(part.at for part in parts)]),
        left=np.concatenate([g, np.ones(len(extra)), *(part.weights for part in parts)]),
        constant=constant + sum(part.constant for part in parts),
        therapists=tuple((t, h, part.answer) for (t, h), part in zip(terms, parts, strict=True)),
        client=client,
        variance=variance,
    )


@dataclass(frozen=True)
class Following:
    """k rows followed from a ground: covariances (k, p + R) with ψ and (k, k) with one another, noise
    included, and how far (k,) each score lay from what the ground expected."""

    ground: Ground
    rows: tuple[Row, ...]
    with_psi: Floats
    covariance: Floats
    surprise: Floats

    @cached_property
    def mean(self) -> Floats:
        """Mean of the ground's ψ after all rows, (p + R,)."""
        return np.asarray(self.ground.mean + np.linalg.solve(self.covariance, self.surprise) @ self.with_psi)

    def then(self, design: Design, sign: int) -> "Following":
        """After one more row, learnt (sign 1) or unlearnt (−1)."""
        ground, row = self.ground, row_of(self.ground, design)
        towards = row.left @ ground.covariance[row.at]
        noise = float(design.noise(ground.variances)[0])
        rows = (*self.rows, row)
        k = len(rows)
        covariance = np.empty((k, k))
        covariance[:-1, :-1] = self.covariance
        with_psi = np.concatenate([self.with_psi, towards[None]])
        covariance[-1] = with_psi[:, row.at] @ row.left + [row.shared(other) for other in rows]
        covariance[:-1, -1] = covariance[-1, :-1]
        covariance[-1, -1] += sign * noise
        expected = row.constant + float(row.left @ ground.mean[row.at])
        surprise = np.append(self.surprise, design.y[0] - expected)
        return Following(ground, rows, with_psi, covariance, surprise)


def followed_from(
    ledger: Ledger | Pending, posterior: Posterior, prior: Precisions, variances: Variances
) -> Following | None:
    """The start of following solved sums; None where the covariance of ψ would be too large."""
    size = len(posterior.mean)
    if size > WIDEST:
        return None
    return Following(
        Ground(ledger, posterior, prior, variances), (), np.empty((0, size)), np.empty((0, 0)), np.empty(0)
    )
