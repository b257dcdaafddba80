"""How far intervals must reach to hold what they promise, from ratings held back."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.data.intervals import normal_reach
from alliance_match.prediction.evaluation.metrics import COVERAGE_LEVELS
from alliance_match.prediction.model.priors import WIDENING

# Held-back ratings from which their spread is believed rather than the normal curve.
ENOUGH_TO_CALIBRATE = 200

# The level at which therapists are compared.
SHOWN = 0.8


@dataclass(frozen=True)
class Calibration:
    """How far intervals of ratings had to reach, from ratings held back.

    Attributes
    ----------
    ratings : int
        How many were held back.
    reach : mapping of float to float
        By level, how many of its standard deviations to either side of the mean an interval of a rating
        must go.
    """

    ratings: int
    reach: Mapping[float, float]

    @property
    def widening(self) -> float:
        """By what the standard deviations of the alliance itself, which nobody can hold back, should grow:
        as those of ratings must at the level shown, never below 1 and never beyond what a fit takes."""
        return min(max(self.reach[SHOWN] / normal_reach(SHOWN), 1.0), WIDENING[1])


def calibrate(score: Floats, mean: Floats, sd: Floats) -> Calibration:
    """How far intervals of ratings have to reach, by split conformal prediction with the standardised error.

    Of n held-back ratings the ⌈(n + 1) · level⌉-th smallest error; with fewer than 200 the normal curve's.
    It is exact for ratings as like the held-back ones as these are like each other; those of one therapist
    are more alike, and clinics change, so it is nearly exact here.

    Parameters
    ----------
    score, mean, sd : arrays of shape (n,)
        The ratings held back, their forecast means and the standard deviations of ratings, in points.

    Returns
    -------
    Calibration

    References
    ----------
    Papadopoulos et al. (2002); Lei et al. (2018).
    """
    n = len(score)
    if n < ENOUGH_TO_CALIBRATE:
        return Calibration(n, {level: normal_reach(level) for level in COVERAGE_LEVELS})
    distance = np.sort(np.abs(score - mean) / sd)
    last = {level: int(np.ceil((n + 1) * level)) - 1 for level in COVERAGE_LEVELS}
    return Calibration(n, {level: float(distance[k]) for level, k in last.items()})
