"""Forecasts of pairs: how strong the alliance will be, how far from this client's average, how surely."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.intervals import normal_reach
from alliance_match.prediction.data.tables import Candidates
from alliance_match.prediction.forecasting.conditioned import Solved
from alliance_match.prediction.forecasting.pair_design import PairDesign, pair_design
from alliance_match.prediction.forecasting.parts import ForecastParts
from alliance_match.prediction.forecasting.uncertainty import Uncertainty


@dataclass(frozen=True)
class Forecast:
    """The posterior of the true (noise-free) alliance of every pair, in points; all arrays are (C, T).

    Nothing is clipped to 0-100: that is for whoever displays it. Spreads are computed when first asked for,
    and all of them are wider than the posterior's by `fitted.widening`.

    Attributes
    ----------
    fitted : FittedAlliance or ConditionedAlliance
    candidates : Candidates
    design : PairDesign
        The standardised candidates and the posterior means they meet.
    uncertainty : Uncertainty
        The covariances that the pairs share.
    """

    fitted: Solved
    candidates: Candidates
    design: PairDesign
    uncertainty: Uncertainty

    @cached_property
    def mean(self) -> Floats:
        """Posterior mean of the pair's alliance."""
        return self.design.mean

    @cached_property
    def difference(self) -> Floats:
        """Mean minus this client's average over the candidate therapists."""
        average = self.mean.sum(axis=1, keepdims=True) / max(self.mean.shape[1], 1)
        return np.asarray(self.mean - average)

    @cached_property
    def sd(self) -> Floats:
        """Standard deviation of the pair's alliance."""
        return self._spreads[0]

    @cached_property
    def difference_sd(self) -> Floats:
        """Standard deviation of `difference`: the client's own intercept cancels."""
        return self._spreads[1]

    @cached_property
    def _spreads(self) -> tuple[Floats, Floats]:
        sd, difference_sd = self.uncertainty.spreads()
        return self.fitted.widening * sd, self.fitted.widening * difference_sd

    def spreads_of(self, therapists: Ints) -> tuple[Floats, Floats]:
        """`sd` and `difference_sd` of some therapists of each client, by position: (C, k)."""
        self._check_positions([], therapists.ravel())
        sd, difference_sd = self.uncertainty.spreads_of(therapists)
        return self.fitted.widening * sd, self.fitted.widening * difference_sd

    @property
    def noise_sd(self) -> float:
        """Standard deviation of one rating about the pair's true alliance."""
        code = self.fitted.layout.instruments.index(self.candidates.instrument)
        return float(np.sqrt(self.fitted.variances.residual[code]))

    def p_strong(self, threshold: float) -> Floats:
        """Probability that the true alliance is at or above the threshold, in points."""
        return np.asarray(scipy.special.ndtr((self.mean - threshold) / self.sd))

    def p_weak(self, threshold: float) -> Floats:
        """Probability that the true alliance is below the threshold, in points."""
        return np.asarray(scipy.special.ndtr((threshold - self.mean) / self.sd))

    @property
    def factors(self) -> tuple[Floats, Floats]:
        """Of clients (C, f) and therapists (T, f): their products differ between therapists as means do."""
        return self.design.factors

    def parts(self, c: int) -> ForecastParts:
        """What the differences of the client at a position consist of: they sum to difference[c]."""
        every = np.arange(self.mean.shape[1])
        return self.parts_of(np.full_like(every, c), every)

    def parts_of(self, clients: Ints, therapists: Ints) -> ForecastParts:
        """What the differences of n pairs, by position, consist of."""
        self._check_positions(clients, therapists)
        return self.design.parts(clients, therapists)

    def contrast_sd(self, c: int, t1: int, t2: int) -> float:
        """Standard deviation of the difference between two therapists for one client."""
        self._check_positions([c], [t1, t2])
        covariance = self.uncertainty.joints(np.array([c]), [np.array([t1, t2])])[0]
        return self.fitted.widening * _contrast_sd(covariance, 0, 1)

    def _check_positions(self, clients: Sequence[int] | Ints, therapists: Sequence[int] | Ints) -> None:
        for what, chosen, length in zip(
            ("client", "therapist"), (clients, therapists), self.mean.shape, strict=True
        ):
            check.as_positions(chosen, length, what)

    def groups(self, therapists: Sequence[Ints], level: float = 0.8) -> list[list[list[int]]]:
        """For each client, split therapists (positions), best first, into runs that cannot be told apart.

        therapists has one array for each of the C clients. A run ends before the first therapist whose
        difference from the run's best has an interval of the given level without 0.
        """
        if not 0 < level < 1:
            raise EstimationError(f"level: {level:g} is not between 0 and 1")
        if len(therapists) > len(self.mean):
            raise EstimationError(f"therapists: {len(therapists)} arrays for {len(self.mean)} clients")
        therapists = [check.as_positions(chosen, self.mean.shape[1], "therapists") for chosen in therapists]
        asked = [c for c, chosen in enumerate(therapists) if len(chosen)]
        orders = [therapists[c][np.argsort(-self.mean[c, therapists[c]], kind="stable")] for c in asked]
        reach = self.fitted.widening * normal_reach(level)
        covariances = self.uncertainty.joints(np.array(asked, dtype=np.int64), orders)
        groups: list[list[list[int]]] = [[] for _ in therapists]
        for c, order, covariance in zip(asked, orders, covariances, strict=True):
            groups[c] = _indistinguishable_runs(order, self.mean[c, order], covariance, reach)
        return groups


def _indistinguishable_runs(order: Ints, mean: Floats, covariance: Floats, reach: float) -> list[list[int]]:
    """Runs of therapists, best first, each not surely worse than the first of its run."""
    runs: list[list[int]] = []
    first = 0
    for k, t in enumerate(order.tolist()):
        if k == 0 or mean[first] - mean[k] > reach * _contrast_sd(covariance, first, k):
            runs.append([])
            first = k
        runs[-1].append(t)
    return runs


def _contrast_sd(covariance: Floats, a: int, b: int) -> float:
    return float(np.sqrt(max(covariance[a, a] + covariance[b, b] - 2 * covariance[a, b], 0.0)))


def forecast(fitted: Solved, candidates: Candidates) -> Forecast:
    """Forecast each client with each therapist.

    A client known as a rater keeps their posterior intercept; a therapist never seen is forecast from
    features with the full prior variance.

    Parameters
    ----------
    fitted : FittedAlliance or ConditionedAlliance
    candidates : Candidates
        C clients × T therapists; of a conditioned state, its one client × T.

    Returns
    -------
    Forecast
        Its arrays are (C, T), in points.

    Raises
    ------
    EstimationError
        On other features than the fit's, or an instrument unknown to it.
    """
    design = pair_design(fitted, candidates)
    return Forecast(fitted, candidates, design, Uncertainty(fitted, design))
