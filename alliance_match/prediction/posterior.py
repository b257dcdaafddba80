"""The exact Gaussian posterior, by eliminating each therapist from the normal equations.

With ψ = (global coefficients, intercepts of repeat raters) and θ_t what is a therapist's own, the joint
precision is bordered: A_t = own Gram + prior, C_t = its cross with ψ. Then S = P − Σ C_t′ A_t⁻¹ C_t is the
precision of ψ alone (Schur complement), and θ_t = A_t⁻¹ (r_t − C_t ψ). The part of C_t over raters is sparse.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import linalg, sparse

from alliance_match.prediction.arrays import Floats, Ints
from alliance_match.prediction.blocks import Precisions
from alliance_match.prediction.errors import EstimationError
from alliance_match.prediction.statistics import Roster, Sums


@dataclass(frozen=True)
class Posterior:
    """Covariance (p + R, p + R) and mean (p + R,) of ψ; the R repeat raters by position in the roster."""

    covariance: Floats
    mean: Floats
    repeat: Ints


@dataclass(frozen=True)
class Evidence:
    """The parts of the log marginal likelihood that the elimination yields."""

    log_det: float
    explained: float


class Own:
    """The therapists' side of the normal equations: A_t⁻¹ and the border C_t in its dense and sparse part.

    inverse (T, q, q); dense (T·q, p); raters sparse (T·q, R); moment (T, q).
    """

    def __init__(self, sums: Sums, roster: Roster, prior: Precisions) -> None:
        self.gram = sums.own_gram + np.diag(prior.own)
        self.inverse = np.asarray(np.linalg.inv(self.gram), dtype=np.float64)
        self.moment = sums.own_moment
        self.cross = sums.own_cross
        column = np.cumsum(sums.repeat) - 1
        self.kept = sums.repeat[roster.pair_rater]
        self.pair_therapist = roster.pair_therapist[self.kept]
        self.pair_rater = column[roster.pair_rater[self.kept]]
        self.pair_cross = sums.pair_cross[self.kept]
        self.repeats = int(sums.repeat.sum())

    @property
    def size(self) -> tuple[int, int]:
        """Number of therapists, and of coefficients of each."""
        return self.moment.shape[0], self.moment.shape[1]

    def border(self, cross: Floats, pair_cross: Floats) -> tuple[Floats, sparse.csr_array]:
        """Lay (T, q, p) and (K, q) out as a dense (T·q, p) and a sparse (T·q, R) matrix."""
        T, q = self.size
        row = (self.pair_therapist[:, None] * q + np.arange(q)).ravel()
        entries = (pair_cross.ravel(), (row, np.repeat(self.pair_rater, q)))
        return cross.reshape(T * q, cross.shape[2]), sparse.csr_array(entries, shape=(T * q, self.repeats))

    def halved(self) -> tuple[Floats, sparse.csr_array, Floats, float]:
        """L_t⁻¹ C_t (dense, sparse), L_t⁻¹ r_t (T·q,) and log |A| for A_t = L_t L_t′."""
        factor = np.linalg.cholesky(self.gram)
        half: Floats = np.linalg.inv(factor)
        dense, raters = self.border(half @ self.cross, _times(half[self.pair_therapist], self.pair_cross))
        log_det = 2.0 * float(np.log(np.einsum("taa->ta", factor)).sum())
        return dense, raters, _times(half, self.moment).ravel(), log_det

    def given(self, mean: Floats) -> Floats:
        """θ_t = A_t⁻¹ (r_t − C_t ψ), (T, q)."""
        dense, raters = self.border(self.cross, self.pair_cross)
        p = dense.shape[1]
        rest = self.moment.ravel() - dense @ mean[:p] - raters @ mean[p:]
        return _times(self.inverse, rest.reshape(self.size))

    @cached_property
    def regression(self) -> tuple[Floats, sparse.csr_array]:
        """A_t⁻¹ C_t, dense (T·q, p) and sparse (T·q, R): how θ answers to ψ, up to the sign."""
        return self.border(
            self.inverse @ self.cross, _times(self.inverse[self.pair_therapist], self.pair_cross)
        )


def _times(matrices: Floats, vectors: Floats) -> Floats:
    """One matrix-vector product for each: (n, a, b) and (n, b) to (n, a)."""
    return np.asarray(np.einsum("nab,nb->na", matrices, vectors))


def posterior_of(sums: Sums, own: Own, prior: Precisions) -> tuple[Posterior, Evidence]:
    """Solve from the sums. Raises EstimationError if the precision is not positive definite."""
    dense, raters, moment, own_log_det = own.halved()
    repeat = np.flatnonzero(sums.repeat)
    schur = _schur(sums, repeat, prior, dense, raters)
    right = np.concatenate(
        [
            sums.moment + prior.column * prior.mean - dense.T @ moment,
            sums.rater_moment[repeat] - raters.T @ moment,
        ]
    )
    factor = _cholesky(schur)
    mean = linalg.cho_solve((factor, True), right, check_finite=False)
    log_det = own_log_det + 2.0 * float(np.log(np.diag(factor)).sum())
    explained = float(moment @ moment + right @ mean)
    return Posterior(_inverse(factor), mean, repeat), Evidence(log_det, explained)


def _schur(sums: Sums, repeat: Ints, prior: Precisions, dense: Floats, raters: sparse.csr_array) -> Floats:
    p = len(sums.moment)
    schur = np.empty((p + len(repeat), p + len(repeat)), order="F")
    schur[:p, :p] = sums.gram + np.diag(prior.column) - dense.T @ dense
    schur[p:, :p] = sums.rater_cross[repeat] - raters.T @ dense
    schur[:p, p:] = schur[p:, :p].T
    schur[p:, p:] = -(raters.T @ raters).toarray()
    schur[range(p, len(schur)), range(p, len(schur))] += sums.rater_weight[repeat] + prior.rater
    return schur


def _cholesky(matrix: Floats) -> Floats:
    try:
        return np.asarray(linalg.cholesky(matrix, lower=True, overwrite_a=True, check_finite=False))
    except linalg.LinAlgError as error:
        raise EstimationError("the posterior precision is not positive definite") from error


def _inverse(factor: Floats) -> Floats:
    """Inverse of L L′ from L, which it overwrites: LAPACK's dpotri fills the lower triangle alone."""
    lower, _ = linalg.lapack.dpotri(factor, lower=True, overwrite_c=True)
    inverse = np.asarray(lower + lower.T)
    np.fill_diagonal(inverse, np.diag(lower))
    return inverse
