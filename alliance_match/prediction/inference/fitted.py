"""What a fit yields: given and found, as one frozen value."""

from dataclasses import dataclass
from functools import cached_property

from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.data.tables import FeatureSet
from alliance_match.prediction.inference.posterior import Moments, Posterior, posterior_of
from alliance_match.prediction.inference.rank_one import RankOneUpdates, no_updates
from alliance_match.prediction.inference.statistics_update import Statistics
from alliance_match.prediction.inference.sufficient_statistics import Roster, Sums
from alliance_match.prediction.inference.variance_search import VarianceSearch
from alliance_match.prediction.model.columns import Layout
from alliance_match.prediction.model.prior_precision import CoefficientPrior, coefficient_prior
from alliance_match.prediction.model.priors import Prior, Variances


@dataclass(frozen=True)
class FittedAlliance:
    """A fitted estimator: what was given or found, and the sums of the ratings.

    All else follows from these by one solve.

    Attributes
    ----------
    layout : Layout
        The standardisation and the named columns.
    prior : Prior
    variances : Variances
        In points².
    statistics : SufficientStatistics or PendingStatistics
        The sums of the ratings.
    search : VarianceSearch or None
        How the variances were found, None if given.
    widening : float
        By what forecasts multiply their standard deviations (`Calibration`).
    rank_one : RankOneUpdates or None
        Single rows added or removed since the last solve.
    """

    layout: Layout
    prior: Prior
    variances: Variances
    statistics: Statistics
    search: VarianceSearch | None = None
    widening: float = 1.0
    rank_one: RankOneUpdates | None = None

    @property
    def roster(self) -> Roster:
        """Who is in the sums."""
        return self.statistics.roster

    @property
    def sums(self) -> Sums:
        """The sums of the ratings."""
        return self.statistics.sums

    @property
    def features(self) -> FeatureSet:
        """The features it was fitted with; tables and candidates must have the same."""
        return self.layout.features

    @property
    def instruments(self) -> tuple[str, ...]:
        """The instruments it knows, by name."""
        return self.layout.instruments

    @property
    def dropped(self) -> tuple[str, ...]:
        """Features that never varied in the training rows and have no coefficient: `client:…` and so on."""
        return self.layout.dropped

    @property
    def scaling(self) -> dict[str, tuple[float, float]]:
        """Centre and scale of each feature, as `Prior.scaling` takes them to fit further rows alike."""
        layout = self.layout
        sides = {"client": layout.client, "therapist": layout.therapist, "match": layout.match}
        return {
            f"{side}:{name}": (centre, scale)
            for side, standard in sides.items()
            for name, centre, scale in zip(layout.varying(side), standard.centre, standard.scale, strict=True)
        }

    @property
    def converged(self) -> bool:
        """Whether the search for variances came to rest; False if it stopped at its limit before.

        A fit that has not converged must not be served: its variances are those the search happened to
        reach. At given variances nothing was searched, and nothing can have failed.
        """
        return self.search is None or self.search.converged

    @property
    def ratings(self) -> int:
        """Number of ratings that it was fitted to."""
        return int(self.sums.rater_count.sum())

    @cached_property
    def coefficient_prior(self) -> CoefficientPrior:
        """The prior over the columns."""
        return coefficient_prior(self.layout, self.prior, self.variances)

    @cached_property
    def posterior(self) -> Posterior:
        """Means of all coefficients, and the factor of their precision, solved from the sums."""
        return posterior_of(self.sums, self.statistics.pattern, self.coefficient_prior)

    @property
    def coefficients(self) -> Floats:
        """Posterior means of the global columns, (p,): of single rows since the last solve by rank-one
        updates, which equal `posterior.coefficients` up to rounding, and need no solve."""
        return self.posterior.coefficients if self.rank_one is None else self.rank_one.coefficients

    @cached_property
    def updates(self) -> RankOneUpdates | None:
        """What the next single row is added to; None where that would not pay."""
        if self.rank_one is not None:
            return self.rank_one
        return no_updates(self.statistics, self.posterior, self.coefficient_prior, self.variances)

    @property
    def therapist_effects(self) -> Floats:
        """Posterior means of the therapists' own coefficients, (T, q)."""
        return self.posterior.own

    @property
    def moments(self) -> Moments:
        """Posterior covariances that ratings can ask for."""
        return self.posterior.moments
