"""A posterior taken apart: the global coefficients, and each therapist's own given these."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.inference.fitted import FittedAlliance


@dataclass(frozen=True)
class ConditionalState:
    """A fitted state in two steps: ψ, and θ_t given ψ, which answers to ψ alone by `slope` (T, q, p).

    shared_precision (p, p) and shared_mean (p,) of ψ; own_precision (T, q, q) and own_mean (T, q) of θ_t
    where ψ is at its mean. What therapists share beyond ψ, through clients who rated several, stays aside.
    """

    fitted: FittedAlliance
    shared_precision: Floats
    slope: Floats
    own_precision: Floats

    @property
    def shared_mean(self) -> Floats:
        """Posterior mean of ψ, (p,)."""
        return self.fitted.posterior.coefficients

    @cached_property
    def cross(self) -> Floats:
        """Joint precision of θ_t with ψ, (T, q, p), the raters integrated out."""
        return np.asarray(-self.own_precision @ self.slope)

    def own_mean(self, shared: Floats) -> Floats:
        """Posterior mean of θ_t if ψ is as given, (T, q)."""
        return np.asarray(self.fitted.therapist_effects + self.slope @ (shared - self.shared_mean))


def conditional_state(fitted: FittedAlliance) -> ConditionalState:
    """Take a fitted state apart."""
    moments = fitted.moments
    shared_precision: Floats = np.asarray(np.linalg.inv(moments.of_global), dtype=np.float64)
    slope = moments.with_global @ shared_precision
    own = moments.own - slope @ np.swapaxes(moments.with_global, 1, 2)
    return ConditionalState(fitted, shared_precision, slope, np.asarray(np.linalg.inv(own), dtype=np.float64))
