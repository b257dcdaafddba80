"""Metrics of forecasts against ratings, and their uncertainty by resampling therapists."""

from dataclasses import dataclass

import numpy as np
import scipy

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.data.intervals import normal_reach
from alliance_match.prediction.data.tables import TrainingTable

COVERAGE_LEVELS = (0.5, 0.8, 0.9)
RESAMPLES = 1000


@dataclass(frozen=True)
class Interval:
    """An estimate with the ends of its 90 % interval.

    Attributes
    ----------
    estimate, low, high : float
    """

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class TherapistBootstrap:
    """R² of forecasts of the same held-out ratings, on the same resamples of their therapists.

    score and therapist (n,) of the ratings, therapists by position; draws (resamples, T), how often each
    therapist was drawn; total (T,), squared errors of the baseline.
    """

    score: Floats
    therapist: Ints
    draws: Ints
    total: Floats

    def r2(self, mean: Floats) -> Interval:
        """R² against the baseline, the mean of the training ratings."""
        return self._share(self.total - self._errors(mean))

    def gain(self, mean: Floats, than: Floats) -> Interval:
        """R² of one forecast minus that of another."""
        return self._share(self._errors(than) - self._errors(mean))

    def _errors(self, mean: Floats) -> Floats:
        return _squared_errors(self.score, mean, self.therapist)

    def _share(self, saved: Floats) -> Interval:
        total = self.draws @ self.total
        drawn = (self.draws @ saved)[total > 0] / total[total > 0]
        if not len(drawn):
            return Interval(0.0, 0.0, 0.0)
        low, high = np.quantile(drawn, [0.05, 0.95]).tolist()
        return Interval(float(saved.sum() / self.total.sum()), low, high)


def therapist_bootstrap(test: TrainingTable, baseline: Floats, seed: int) -> TherapistBootstrap:
    """Draw the resamples. baseline (n,): the mean of the ratings each row was forecast from."""
    therapists, therapist = np.unique(test.therapist_ids, return_inverse=True)
    rng, size = np.random.default_rng(seed), len(therapists)
    draws = rng.multinomial(size, np.full(size, 1 / size), RESAMPLES)
    return TherapistBootstrap(test.score, therapist, draws, _squared_errors(test.score, baseline, therapist))


def _squared_errors(score: Floats, mean: Floats, therapist: Ints) -> Floats:
    """Their sum for each therapist."""
    return np.bincount(therapist, (score - mean) ** 2).astype(np.float64)


def rmse(score: Floats, mean: Floats) -> float:
    """Root mean squared error.

    Parameters
    ----------
    score, mean : arrays of shape (n,)
        Ratings and forecasts, in points.

    Returns
    -------
    float
        In points.
    """
    return float(np.sqrt(np.mean((score - mean) ** 2)))


def coverage(score: Floats, mean: Floats, sd: Floats) -> dict[float, float]:
    """Share of ratings inside the central Gaussian interval of each level.

    Parameters
    ----------
    score, mean, sd : arrays of shape (n,)
        Ratings, forecast means and standard deviations of ratings, in points.

    Returns
    -------
    dict of float to float
        By level (`COVERAGE_LEVELS`), a share from 0 to 1.
    """
    distance = np.abs(score - mean) / sd
    return {level: float(np.mean(distance <= normal_reach(level))) for level in COVERAGE_LEVELS}


def rank_correlation(test: TrainingTable, mean: Floats) -> float:
    """Spearman correlation within each rater, averaged over raters who made a difference.

    Parameters
    ----------
    test : TrainingTable
        n rows with what was then rated.
    mean : array of shape (n,)
        Their forecast means, in points.

    Returns
    -------
    float
        From −1 to 1; NaN if no rater made a difference.
    """
    order = np.argsort(test.client_ids, kind="stable")
    starts = np.flatnonzero(np.diff(test.client_ids[order])) + 1
    found = []
    for rows in np.split(order, starts):
        score, forecast = test.score[rows], mean[rows]
        if np.ptp(score) > 0 and np.ptp(forecast) > 0:
            found.append(float(scipy.stats.spearmanr(score, forecast).statistic))
    return float(np.mean(found)) if found else float("nan")
