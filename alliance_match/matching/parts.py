"""The parts of a forecast, gathered under what a person would call them.

Each style dimension gathers its single agreement, its share of the pooled agreement, and the therapist's
response to it; so the parts still sum to the difference.
"""

import numpy as np

from alliance_match.matching.features import AGREEMENT, POOLED, STYLE
from alliance_match.prediction import Floats, Forecast
from alliance_match.vocabulary import StyleDimension

THERAPIST = "therapist"
NOTHING = 1e-12


def named_parts(predicted: Forecast, c: int) -> dict[str, Floats]:
    """One client's parts, in points, each (T,), centred over the therapists; they sum to `difference[c]`."""
    found = predicted.parts(c)
    match, response = dict(found.match), dict(found.response)
    parts = {THERAPIST: found.therapist}
    shares = pooled_shares(predicted, c, found.agreement)
    for k, dimension in enumerate(StyleDimension.values):
        part = match.pop(AGREEMENT[k], 0.0) + response.pop(STYLE[k], 0.0) + shares[k]
        if np.any(part):
            parts[dimension] = np.asarray(part)
    return parts | match | response


def pooled_shares(predicted: Forecast, c: int, pooled: Floats) -> list[Floats]:
    """The pooled agreement split by dimension: it is one coefficient times the sum of the four."""
    match = predicted.candidates.match
    singles = [match[name].of_clients(slice(c, c + 1)).values()[0] for name in AGREEMENT]
    total = match[POOLED].of_clients(slice(c, c + 1)).values()[0]
    total = total - total.mean()
    size = float(total @ total)
    if size < NOTHING:
        return [np.zeros_like(total) for _ in singles]
    coefficient = float(pooled @ total) / size
    return [coefficient * (single - single.mean()) for single in singles]
