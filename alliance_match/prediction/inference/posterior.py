"""The exact Gaussian posterior of all coefficients, from the sums.

ψ are the global coefficients and the intercepts of the repeat raters, θ_t what is a therapist's own.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.inference.sparsity import SparsityPattern
from alliance_match.prediction.inference.sufficient_statistics import Sums
from alliance_match.prediction.linalg.factor import Factor, factorise
from alliance_match.prediction.model.prior_precision import CoefficientPrior


@dataclass(frozen=True)
class Moments:
    """Posterior covariances that ratings can ask for.

    own (T, q, q) of θ_t; with_global (T, q, p) of θ_t and the global coefficients; with_rater (K, q) of θ_t
    and the intercept of each repeat rater of the therapist; rater (R,) variances of those intercepts and
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

    pattern: SparsityPattern
    factor: Factor
    coefficients: Floats
    own: Floats
    raters: Floats
    explained: float

    @property
    def repeat(self) -> Ints:
        """The repeat raters by position in the roster, (R,)."""
        return self.pattern.repeat

    @property
    def mean(self) -> Floats:
        """Mean of ψ, (p + R,)."""
        return np.concatenate([self.coefficients, self.raters])

    @cached_property
    def moments(self) -> Moments:
        """The covariances for which the pattern has a place; nothing of size T² or R²."""
        found, symbolic = self.factor.selected(), self.factor.symbolic
        size = self.own.size
        return Moments(
            own=found.cells[symbolic.own],
            with_global=found.with_global[:size].reshape(*self.own.shape, symbolic.p),
            with_rater=found.cells[symbolic.pair],
            rater=found.cells[symbolic.rater],
            rater_with_global=found.with_global[size:-1],
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


def posterior_of(sums: Sums, pattern: SparsityPattern, prior: CoefficientPrior) -> Posterior:
    """Solve from the sums. Raises EstimationError if the precision is not positive definite."""
    symbolic, repeat = pattern.symbolic, pattern.repeat
    T, q, p = sums.own_cross.shape
    cells = np.zeros(symbolic.cells)
    cells[symbolic.own] = sums.own_gram + np.diag(prior.own)
    cells[symbolic.rater] = sums.rater_weight[repeat] + prior.rater
    cells[symbolic.pair] = sums.pair_cross[pattern.pair]
    border = np.concatenate([sums.own_cross.reshape(T * q, p), sums.rater_cross[repeat]])
    factor = factorise(symbolic, cells, border, sums.gram + np.diag(prior.column))
    right = np.concatenate([sums.own_moment.ravel(), sums.rater_moment[repeat]])
    moment = sums.moment + prior.column * prior.mean
    scalars, columns = factor.solve(right[:, None], moment[:, None])
    mean, coefficients = scalars[:, 0], columns[:, 0]
    explained = float(right @ mean + moment @ coefficients)
    own = mean[: T * q].reshape(T, q)
    return Posterior(pattern, factor, coefficients, own, mean[T * q :], explained)
