"""From block variances to the prior precision of every coefficient."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Bools, Floats
from alliance_match.prediction.model.columns import Layout
from alliance_match.prediction.model.priors import Prior, Variances

# Offsets, wide on a 0-100 scale: an instrument's usual score lies somewhere above the middle.
OFFSETS = {"instrument": (70.0, 25.0), "session": (0.0, 10.0)}

GLOBAL_BLOCKS = ("client", "therapist_traits", "match", "agreement", "bilinear")


@dataclass(frozen=True)
class CoefficientPrior:
    """The prior: mean (p,) in points and precision (p,) of the global columns; precision (q,) of what is a
    therapist's own; precision of a rater's intercept; all precisions in 1/points²."""

    mean: Floats
    column: Floats
    own: Floats
    rater: float


def coefficient_prior(layout: Layout, prior: Prior, variances: Variances) -> CoefficientPrior:
    """Lay the prior out over the columns: by name where the prior names one, by block otherwise."""
    mean, column = np.zeros(len(layout.columns)), np.empty(len(layout.columns))
    for block, place in layout.slices.items():
        if block in OFFSETS:
            mean[place], column[place] = OFFSETS[block][0], OFFSETS[block][1] ** -2
        else:
            column[place] = 1.0 / getattr(variances, block)
    mean[layout.slices["agreement"]] = prior.agreement
    for k, name in enumerate(layout.columns):
        mean[k] = prior.mean.get(name, mean[k])
        column[k] = prior.precision.get(name, column[k])
    slopes = len(layout.slope_positions)
    own = 1.0 / np.array([variances.therapist, *[variances.slopes] * slopes])
    return CoefficientPrior(mean, column, own, 1.0 / variances.rater)


def free_columns(layout: Layout, prior: Prior) -> dict[str, Bools]:
    """For each global block the mask (p,) of columns that share its variance."""
    named = np.array([name in prior.precision for name in layout.columns], dtype=bool)
    free = {}
    for block in GLOBAL_BLOCKS:
        mask = np.zeros(len(layout.columns), dtype=bool)
        mask[layout.slices[block]] = True
        free[block] = mask & ~named
    return free
