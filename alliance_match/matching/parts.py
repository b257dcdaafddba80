"""The parts of a forecast, gathered under what a person would call them.

Each style dimension gathers its single agreement, its share of the pooled agreement, and the therapist's
response to it; so the parts still sum to the difference.
"""

import numpy as np

from alliance_match.matching.features import AGREEMENT, POOLED, STYLE
from alliance_match.prediction import Floats, Forecast, Ints, PairTerms
from alliance_match.vocabulary import StyleDimension

THERAPIST = "therapist"
NOTHING = 1e-12


def named_parts(predicted: Forecast, clients: Ints, therapists: Ints) -> dict[str, Floats]:
    """The parts of n pairs by position, in points, each (n,); they sum to the pairs' differences."""
    found = predicted.parts_of(clients, therapists)
    match, response = dict(found.match), dict(found.response)
    parts = {THERAPIST: found.therapist}
    shares = pooled_shares(predicted, found.agreement, clients, therapists)
    for k, dimension in enumerate(StyleDimension.values):
        part = match.pop(AGREEMENT[k], 0.0) + response.pop(STYLE[k], 0.0) + shares[k]
        if np.any(part):
            parts[dimension] = np.asarray(part)
    return parts | match | response


def pooled_shares(predicted: Forecast, pooled: Floats, clients: Ints, therapists: Ints) -> list[Floats]:
    """The pooled agreement split by dimension: it is one coefficient times the sum of the four."""
    singles = [centred(predicted.candidates.match[name], clients, therapists) for name in AGREEMENT]
    total = centred(predicted.candidates.match[POOLED], clients, therapists)
    size = float(total @ total)
    coefficient = float(pooled @ total) / size if size >= NOTHING else 0.0
    return [coefficient * single for single in singles]


def centred(feature: PairTerms, clients: Ints, therapists: Ints) -> Floats:
    """A match feature of pairs, about each client's average over all therapists."""
    average = feature.therapist.mean(axis=0)
    return PairTerms(feature.client, feature.therapist - average).at(clients, therapists)
