"""What a fit yields: given and found, as one frozen value."""

from dataclasses import dataclass
from functools import cached_property

from alliance_match.prediction.arrays import Floats
from alliance_match.prediction.blocks import Precisions, precisions_of
from alliance_match.prediction.layout import Layout
from alliance_match.prediction.moments import Moments, moments_of
from alliance_match.prediction.posterior import Own, Posterior, posterior_of
from alliance_match.prediction.priors import Prior, Variances
from alliance_match.prediction.search import Search
from alliance_match.prediction.statistics import Roster, Sums


@dataclass(frozen=True)
class FittedAlliance:
    """A fitted estimator: layout, prior and variances as given or found, and the sums of the ratings.

    All else follows from these by one solve. `search` tells how the variances were found, None if given;
    `ratings` counts the rows learnt from. Compare `layout.dropped` for features that never varied.
    """

    layout: Layout
    prior: Prior
    variances: Variances
    roster: Roster
    sums: Sums
    search: Search | None = None

    @property
    def ratings(self) -> int:
        """Number of ratings learnt from."""
        return int(self.sums.rater_count.sum())

    @cached_property
    def precisions(self) -> Precisions:
        """The prior over the columns."""
        return precisions_of(self.layout, self.prior, self.variances)

    @cached_property
    def own(self) -> Own:
        """The therapists' side of the normal equations."""
        return Own(self.sums, self.roster, self.precisions)

    @cached_property
    def posterior(self) -> Posterior:
        """Mean and covariance of the global coefficients and repeat raters."""
        return posterior_of(self.sums, self.own, self.precisions)[0]

    @property
    def coefficients(self) -> Floats:
        """Posterior means of the global columns, (p,)."""
        return self.posterior.mean[: len(self.layout.columns)]

    @cached_property
    def own_mean(self) -> Floats:
        """Posterior means of the therapists' own coefficients, (T, q)."""
        return self.own.given(self.posterior.mean)

    @cached_property
    def moments(self) -> Moments:
        """Posterior covariances of the therapists' own coefficients."""
        return moments_of(self.own, self.posterior)
