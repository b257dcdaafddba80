"""What is believed before the data speak, and how far the search for variances may go."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from alliance_match.prediction.errors import EstimationError
from alliance_match.prediction.tables import FeatureSet

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


@dataclass(frozen=True)
class Prior:
    """Prior mean and precision of the global coefficients, by column name, in points per unit.

    `agreement` is the mean for pooled columns that `mean` does not name; all others have mean 0.
    A column named in `precision` (1/points²) keeps that precision; the rest share their block's variance.
    `scaling` gives (centre, scale) of raw features, by `client:…`, `therapist:…` or `match:…` name, so that
    coefficients learnt elsewhere keep their unit; unnamed features are standardised on the training rows.
    """

    agreement: float = 2.0
    mean: Mapping[str, float] = field(default_factory=dict)
    precision: Mapping[str, float] = field(default_factory=dict)
    scaling: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, precision in self.precision.items():
            if not precision > 0:
                raise EstimationError(f"prior precision of {name!r}: must be above 0")
        for name, (_, scale) in self.scaling.items():
            if not scale > 0:
                raise EstimationError(f"prior scale of {name!r}: must be above 0")


@dataclass(frozen=True)
class Variances:
    """Prior variance of one coefficient in each block, and of a rating's noise per instrument, in points².

    Raises EstimationError unless all are above 0.
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
        for block in fields(self):
            values = getattr(self, block.name)
            if not all(value > 0 for value in (values if block.name == "residual" else (values,))):
                raise EstimationError(f"variance of {block.name}: must be above 0")

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
    """How to fit: the prior, when the search for variances ends, and by what forecasts multiply their
    standard deviations (`Calibration.widening`, found by an evaluation).

    The search has converged once no component of the gradient of the log posterior with respect to a log
    variance exceeds `tolerance`; after `max_iterations` it stops and says so in the diagnostics.
    """

    prior: Prior = field(default_factory=Prior)
    max_iterations: int = 100
    tolerance: float = 0.01
    widening: float = 1.0
