"""How the alliance with one therapist changes with a client feature."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.inference.fitted import FittedAlliance


@dataclass(frozen=True)
class TherapistResponse:
    """What one unit of a client feature adds with one therapist.

    Attributes
    ----------
    mean, sd : float
        Of the posterior, in points.
    """

    mean: float
    sd: float


def therapist_response(
    fitted: FittedAlliance, therapist_id: int, feature: str, z: Floats
) -> TherapistResponse | None:
    """What a therapist's style leads one to expect of the answer to a client feature, plus what is their own.

    What clients with more of the feature rate higher with everybody is not in it.

    Parameters
    ----------
    fitted : FittedAlliance
    therapist_id : int
        One never rated responds as the features say, with the prior's spread.
    feature : str
        Name of a client feature.
    z : array of shape (n, therapist features)
        Raw features of the therapist, NaN where missing; of several rows the average response is meant.

    Returns
    -------
    TherapistResponse or None
        In points for one unit of the raw feature; None where the feature never varied in the training rows.

    Raises
    ------
    EstimationError
        On a feature the fit does not know, or rows of another width, or none.
    """
    layout = fitted.layout
    if feature not in layout.features.client:
        raise EstimationError(f"feature: {feature!r} is not among {layout.features.client}")
    z = check.as_floats(z, (None, len(layout.features.therapist)), "z")
    if not len(z):
        raise EstimationError("z: no rows")
    if feature not in layout.varying("client"):
        return None
    k = layout.varying("client").index(feature)
    on_columns, on_own = _response_functional(fitted, k, layout.therapist.values(z).mean(axis=0))
    mean, variance = _functional_moments(fitted, therapist_id, on_columns, on_own)
    scale = layout.client.scale[k]
    return TherapistResponse(mean / scale, float(np.sqrt(max(variance, 0.0))) / scale)


def _response_functional(fitted: FittedAlliance, k: int, z: Floats) -> tuple[Floats, Floats]:
    """Weights on the global columns (p,) and on the therapist's own (q,) of the answer to one standardised
    unit of the k-th client feature that varies, at standardised therapist features z."""
    layout = fitted.layout
    on_columns, on_own = np.zeros(len(layout.columns)), np.zeros(1 + len(layout.slope_positions))
    if layout.crossed:
        start = layout.slices["bilinear"].start + k * len(z)
        on_columns[start : start + len(z)] = z
    if k in layout.slope_positions:
        on_own[1 + layout.slope_positions.index(k)] = 1.0
    return on_columns, on_own


def _functional_moments(
    fitted: FittedAlliance, therapist_id: int, on_columns: Floats, on_own: Floats
) -> tuple[float, float]:
    """Posterior mean and variance of a functional of the global columns and of one therapist's own."""
    moments, coefficients = fitted.moments, fitted.posterior.coefficients
    mean, variance = on_columns @ coefficients, on_columns @ moments.of_global @ on_columns
    t = int(fitted.roster.therapists(np.array([therapist_id]))[0])
    if t < 0:
        return float(mean), float(variance + on_own**2 @ (1.0 / fitted.coefficient_prior.own))
    mean += on_own @ fitted.posterior.own[t]
    variance += 2.0 * on_own @ moments.with_global[t] @ on_columns + on_own @ moments.own[t] @ on_own
    return float(mean), float(variance)
