"""The exact Gaussian posterior of all coefficients, from the sums.

ψ are the global coefficients and the intercepts of the repeat raters, θ_t what is a therapist's own.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.inference.sufficient_statistics import Roster, Sums
from alliance_match.prediction.linalg.factor import Factor
from alliance_match.prediction.linalg.symbolic import Plan
from alliance_match.prediction.model.prior_precision import Precisions


class Met:
    """The R repeat raters by position in the roster, and the K pairs they form, with the plan to solve them.

    kept marks their pairs in the roster; pair_therapist and pair_rater (K,) are positions among therapists
    and among repeat raters.
    """

    def __init__(self, sums: Sums, roster: Roster, plan: Plan | None = None) -> None:
        self.repeat: Ints = np.flatnonzero(sums.repeat)
        self.kept: Bools = sums.repeat[roster.pair_rater]
        self.pair_therapist: Ints = roster.pair_therapist[self.kept]
        self.pair_rater: Ints = np.searchsorted(self.repeat, roster.pair_rater[self.kept])
        T, q, p = sums.own_cross.shape
        self.plan = plan or Plan(T, q, len(self.repeat), (self.pair_therapist, self.pair_rater), p)


@dataclass(frozen=True)
class Moments:
    """Posterior covariances that ratings can ask for.

    own (T, q, q) of θ_t; with_global (T, q, p) of θ_t and the global coefficients; with_rater (K, q) of θ_t
    and the intercept of each repeat rater who met the therapist; rater (R,) variances of those intercepts and
    rater_with_global (R, p); of_global (p, p).
    """

    own: Floats
    with_global: Floats
    with_rater: Floats
    rater: Floats
    rater_with_global: Floats
    of_global: Floats


@dataclass(frozen=True)
class Posterior:
    """Means: coefficients (p,), own (T, q), raters (R,); `explained` and the factor's log determinant are
    what the log marginal likelihood needs."""

    met: Met
    factor: Factor
    coefficients: Floats
    own: Floats
    raters: Floats
    explained: float

    @property
    def repeat(self) -> Ints:
        """The repeat raters by position in the roster, (R,)."""
        return self.met.repeat

    @property
    def mean(self) -> Floats:
        """Mean of ψ, (p + R,)."""
        return np.concatenate([self.coefficients, self.raters])

    @cached_property
    def moments(self) -> Moments:
        """The covariances for which the plan has a place; nothing of size T² or R²."""
        found, plan = self.factor.selected(), self.factor.plan
        T, q, _, p = plan.shape
        return Moments(
            own=found.cells[plan.own],
            with_global=found.with_global[: T * q].reshape(T, q, p),
            with_rater=found.cells[plan.pair],
            rater=found.cells[plan.rater],
            rater_with_global=found.with_global[T * q : -1],
            of_global=found.of_global,
        )

    def covariance_with(self, psi: Floats, theta: Floats) -> tuple[Floats, Floats]:
        """Covariance of all coefficients with k linear functionals of them.

        psi (p + R, k) and theta (T, q, k) are the functionals' weights; so are the shapes of the result.
        """
        p, size = len(self.coefficients), self.own.size
        scalars = np.concatenate([theta.reshape(size, psi.shape[1]), psi[p:]])
        scalars, columns = self.factor.solve(scalars, psi[:p])
        return np.concatenate([columns, scalars[size:]]), scalars[:size].reshape(theta.shape)


def posterior_of(sums: Sums, met: Met, prior: Precisions) -> Posterior:
    """Solve from the sums. Raises EstimationError if the precision is not positive definite."""
    plan, repeat = met.plan, met.repeat
    T, q, _, p = plan.shape
    cells = np.zeros(plan.cells)
    cells[plan.own] = sums.own_gram + np.diag(prior.own)
    cells[plan.rater] = sums.rater_weight[repeat] + prior.rater
    cells[plan.pair] = sums.pair_cross[met.kept]
    border = np.concatenate([sums.own_cross.reshape(T * q, p), sums.rater_cross[repeat]])
    factor = Factor(plan, cells, border, sums.gram + np.diag(prior.column))
    right = np.concatenate([sums.own_moment.ravel(), sums.rater_moment[repeat]])
    moment = sums.moment + prior.column * prior.mean
    scalars, columns = factor.solve(right[:, None], moment[:, None])
    mean, coefficients = scalars[:, 0], columns[:, 0]
    explained = float(right @ mean + moment @ coefficients)
    own = mean[: T * q].reshape(T, q)
    return Posterior(met, factor, coefficients, own, mean[T * q :], explained)
