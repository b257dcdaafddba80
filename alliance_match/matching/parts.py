"""The estimator's named contributions, gathered under what a person would call them.

Each style dimension gathers its single agreement, its share of the pooled agreement, and the therapist's
response to it; so the parts still sum to the difference.
"""

import numpy as np
from numpy.typing import NDArray

from alliance_match.matching.features import AGREEMENT, CONCERNS, POOLED, STYLE
from alliance_match.prediction import Forecast
from alliance_match.vocabulary import StyleDimension

Floats = NDArray[np.float64]
THERAPIST = "therapist"
NOTHING = 1e-12


def named_parts(predicted: Forecast, c: int) -> dict[str, Floats]:
    """One client's parts, in points, each (T,), centred over the therapists; they sum to `difference[c]`."""
    raw = {name: part - part.mean() for name, part in predicted.design.parts(c).items()}
    parts = {THERAPIST: raw.pop("therapist")}
    shares = pooled_shares(predicted, c, raw.pop("agreement", None))
    for k, dimension in enumerate(StyleDimension.values):
        part = raw.pop(f"match:{AGREEMENT[k]}", 0.0) + raw.pop(f"fit with {STYLE[k]}", 0.0) + shares[k]
        if np.any(part):
            parts[dimension] = np.asarray(part)
    concerns = raw.pop(f"match:{CONCERNS}", None)
    if concerns is not None:
        parts[CONCERNS] = concerns
    return parts | {name.removeprefix("fit with "): part for name, part in raw.items()}


def pooled_shares(predicted: Forecast, c: int, pooled: Floats | None) -> list[Floats]:
    """The pooled agreement split by dimension: it is one coefficient times the sum of the four."""
    match = predicted.candidates.match
    singles = [match[name].of_clients(slice(c, c + 1)).values()[0] for name in AGREEMENT]
    total = match[POOLED].of_clients(slice(c, c + 1)).values()[0]
    total = total - total.mean()
    size = float(total @ total)
    if pooled is None or size < NOTHING:
        return [np.zeros_like(total) for _ in singles]
    coefficient = float(pooled @ total) / size
    return [coefficient * (single - single.mean()) for single in singles]
