"""With whom bonds form: how the alliance with one therapist answers to what clients like. Knows no Django.

The answer to a preference is what the therapist's style leads one to expect (the bilinear columns) plus what
is the therapist's own; what clients with this preference rate higher with everybody is not in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from alliance_match.insights.rounding import FIRST, LEVEL, points_rounded_outwards
from alliance_match.prediction import FittedAlliance, Floats, TrainingTable, therapist_response

STEPS = 2
MOST_LEVERAGE = 1 / 3


@dataclass(frozen=True)
class PreferenceEffect:
    """Points that two steps of a preference add to the alliance, with an 80 % interval, to half a point."""

    dimension: str
    low: float
    mean: float
    high: float


def fit_profile(
    fitted: FittedAlliance, table: TrainingTable, dimensions: Mapping[str, str]
) -> list[PreferenceEffect]:
    """One therapist's answers, from the fit and the therapist's own rows in it; `dimensions` by feature name.

    Empty below ten raters. A dimension is left out that the fit has no column for, or where a single client
    holds so much of the spread of preferences that the answer would be theirs.
    """
    if len(np.unique(table.client_ids)) < FIRST:
        return []
    found = []
    for k, feature in enumerate(fitted.features.client):
        if feature in dimensions and leverage(table.x[:, k], table.client_ids) <= MOST_LEVERAGE:
            response = therapist_response(fitted, int(table.therapist_ids[0]), feature, table.z)
            if response:
                mean, sd = STEPS * response.mean, STEPS * response.sd
                low, high = scipy.stats.norm(mean, sd).interval(LEVEL)
                found.append(PreferenceEffect(dimensions[feature], *points_rounded_outwards(low, mean, high)))
    return found


def leverage(preferences: Floats, client_ids: np.ndarray) -> float:
    """The largest part that one client holds of the squared spread of preferences; 1 without any spread."""
    spread = np.nan_to_num(preferences - _mean(preferences)) ** 2
    each = np.bincount(np.unique(client_ids, return_inverse=True)[1], weights=spread)
    return float(each.max() / each.sum()) if each.sum() > 0 else 1.0


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0
