"""From forecasts to a short list."""

import numpy as np

from alliance_match.prediction.arrays import Bools, Floats, Ints
from alliance_match.prediction.errors import EstimationError
from alliance_match.prediction.forecast import Forecast

# Means closer than this, in points, are the same: rounding must not decide who is offered first.
TIE = 1e-9


def shortlist(forecast: Forecast, k: int, allowed: Bools, draw_seeds: Ints) -> Ints:
    """The k best allowed therapists of each client, best first, as positions (C, k).

    −1 fills the places for which none is left. allowed (C, T); draw_seeds (C,) break ties by a draw, one seed
    per client and day. Raises EstimationError on ragged shapes or k below 1.
    """
    if allowed.shape != forecast.mean.shape or len(draw_seeds) != len(allowed):
        raise EstimationError(f"allowed: shape {allowed.shape}, expected {forecast.mean.shape}")
    if k < 1:
        raise EstimationError("k: at least one place is needed")
    best = np.full((len(allowed), k), -1)
    rows = zip(forecast.mean, allowed, draw_seeds.tolist(), strict=True)
    for c, (mean, may, seed) in enumerate(rows):
        chosen = _best(mean, np.flatnonzero(may), k, seed)
        best[c, : len(chosen)] = chosen
    return best


def _best(mean: Floats, eligible: Ints, k: int, seed: int) -> Ints:
    draw = np.random.default_rng(seed).random(len(mean))[eligible]
    return eligible[np.lexsort((draw, -np.round(mean[eligible] / TIE)))[:k]]
