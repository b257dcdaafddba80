"""What is believed before the data speak, and how far the search for variances may go."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import FeatureSet

# Usual spread of session-three alliance on 0-100, in points squared: used until a clinic has its own.
USUAL_VARIANCE = 15.0**2

# Shares of the total variance expected of each block (docs/prediction.md gives the sources).
SHARES = {
    "client": 0.10,
    "therapist_traits": 0.02,
    "match": 0.01,
    "agreement": 0.01,
    "bilinear": 0.01,
    "therapist": 0.07,
    "slopes": 0.01,
    "rater": 0.25,
}
BLOCKS = tuple(SHARES)
RESIDUAL_SHARE = 1.0 - sum(SHARES.values())

# Each variance is believed about as firmly as if four draws of its block had been seen.
PSEUDO_OBSERVATIONS = 4.0

# Variances (points²) and precisions between these can be inverted and summed; means are of a scale to 100.
LEAST, MOST = 1e-30, 1e30
FURTHEST_MEAN = 1e6
WIDENING = (1e-3, 1e3)


@dataclass(frozen=True)
class Prior:
    """Prior mean and precision of the global coefficients, by column name, in points per unit.

    Parameters
    ----------
    agreement : float
        The mean for pooled columns that `mean` does not name; all others have mean 0.
    mean : mapping of str to float
    precision : mapping of str to float
        A column named here keeps that precision, in 1/points²; the rest share their block's variance.
    scaling : mapping of str to tuple of float
        Centre and scale of raw features, by `client:…`, `therapist:…` or `match:…` name, so that
        coefficients estimated elsewhere keep their unit; unnamed features are standardised on the training
        rows.

    Raises
    ------
    EstimationError
        On a number that could mean nothing.
    """

    agreement: float = 2.0
    mean: Mapping[str, float] = field(default_factory=dict)
    precision: Mapping[str, float] = field(default_factory=dict)
    scaling: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check.require_number(self.agreement, -FURTHEST_MEAN, FURTHEST_MEAN, "prior mean of agreement")
        for name, mean in self.mean.items():
            check.require_number(mean, -FURTHEST_MEAN, FURTHEST_MEAN, f"prior mean of {name!r}")
        for name, precision in self.precision.items():
            check.require_number(precision, LEAST, MOST, f"prior precision of {name!r}")
        for name, pair in self.scaling.items():
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise EstimationError(f"prior scaling of {name!r}: {pair!r} is not centre and scale")
            check.require_number(pair[0], -check.FURTHEST, check.FURTHEST, f"prior centre of {name!r}")
            check.require_number(pair[1], 1 / check.FURTHEST, check.FURTHEST, f"prior scale of {name!r}")


@dataclass(frozen=True)
class Variances:
    """Prior variance of one coefficient in each block, and of a rating's noise per instrument, in points².

    Parameters
    ----------
    client, therapist_traits, match, agreement, bilinear, therapist, slopes, rater : float
    residual : tuple of float
        One for each instrument.

    Raises
    ------
    EstimationError
        Unless all are numbers above 0 that have an inverse.
    """

    client: float
    therapist_traits: float
    match: float
    agreement: float
    bilinear: float
    therapist: float
    slopes: float
    rater: float
    residual: tuple[float, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.residual, tuple) or not self.residual:
            raise EstimationError(f"variance of residual: {self.residual!r} is not a tuple of variances")
        for block in BLOCKS:
            check.require_number(getattr(self, block), LEAST, MOST, f"variance of {block}")
        for value in self.residual:
            check.require_number(value, LEAST, MOST, "variance of residual")

    @classmethod
    def default(
        cls, features: FeatureSet, instruments: int = 1, total: float = USUAL_VARIANCE
    ) -> "Variances":
        """Split a total variance (points²) by the expected shares, evenly over the columns of a block."""
        width = {
            "client": len(features.client),
            "therapist_traits": len(features.therapist),
            "match": len(features.match) - len(features.pooled),
            "bilinear": len(features.client) * len(features.therapist) * features.bilinear,
            "slopes": len(features.slopes),
        }
        blocks = {name: share * total / max(width.get(name, 1), 1) for name, share in SHARES.items()}
        return cls(**blocks, residual=(RESIDUAL_SHARE * total,) * instruments)


@dataclass(frozen=True)
class FitControl:
    """How to fit.

    Parameters
    ----------
    prior : Prior
    max_iterations : int
        After so many the search for variances stops, and `FittedAlliance.converged` is False.
    tolerance : float
        The search has converged once no component of the gradient of the log posterior with respect to a
        log variance exceeds it, in nats.
    widening : float
        By what forecasts multiply their standard deviations (`Calibration.widening`).

    Raises
    ------
    EstimationError
        On fewer than no iterations, or a tolerance or widening that could mean nothing.
    """

    prior: Prior = field(default_factory=Prior)
    max_iterations: int = 100
    tolerance: float = 0.01
    widening: float = 1.0

    def __post_init__(self) -> None:
        check.require_whole_number(self.max_iterations, 0, "max_iterations")
        check.require_number(self.tolerance, 1e-12, 1.0, "tolerance")
        check.require_number(self.widening, *WIDENING, "widening")
