"""Predicts the alliance of client and therapist: one exact Gaussian mixed model, with honest intervals.

Pure: NumPy, SciPy and the standard library. Values are frozen; functions return new ones.
`docs/prediction.md` has the equations.
"""

from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.pair_terms import (
    PairTerms,
    concern_overlap,
    style_agreement,
    sum_of_terms,
)
from alliance_match.prediction.data.tables import Candidates, FeatureSet, TrainingTable
from alliance_match.prediction.evaluation.calibration import ENOUGH_TO_CALIBRATE, Calibration, calibrate
from alliance_match.prediction.evaluation.held_out import (
    FEWEST_THERAPISTS,
    Evaluation,
    Verdict,
    evaluate,
    evaluate_unseen_therapists,
    latest_rows,
    verdict,
)
from alliance_match.prediction.evaluation.metrics import (
    COVERAGE_LEVELS,
    Interval,
    coverage,
    rank_correlation,
    rmse,
)
from alliance_match.prediction.evaluation.nested_models import shrunken_means
from alliance_match.prediction.evaluation.sensitivity import Sensitivity, sensitivity
from alliance_match.prediction.forecasting.assignment import assign
from alliance_match.prediction.forecasting.conditioned import ConditionedAlliance, conditioned
from alliance_match.prediction.forecasting.forecast import Forecast, forecast
from alliance_match.prediction.forecasting.part_importance import PartImportance, part_importance
from alliance_match.prediction.forecasting.parts import ForecastParts, PartSelection
from alliance_match.prediction.forecasting.ranking import shortlist
from alliance_match.prediction.forecasting.rows import RowForecast, forecast_rows
from alliance_match.prediction.forecasting.therapist_response import TherapistResponse, therapist_response
from alliance_match.prediction.inference.dropout_weights import StartedPairs, dropout_weights
from alliance_match.prediction.inference.fit import fit, fit_given_variances, is_informative
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.serialization import from_dict, to_dict
from alliance_match.prediction.inference.sums_comparison import SumsDifferences, sums_differences
from alliance_match.prediction.inference.update import downdate, update
from alliance_match.prediction.model.priors import FitControl, Prior, Variances
from alliance_match.prediction.privacy.blur import PublicationControl
from alliance_match.prediction.privacy.publication import Publication, publish, unpublished
from alliance_match.prediction.privacy.rating_versions import RatingVersions
from alliance_match.prediction.privacy.serialization import publication_from_dict, publication_to_dict
from alliance_match.prediction.simulation.scenarios import WORLDS, WorldControl
from alliance_match.prediction.simulation.simulate import World, simulate

__all__ = [
    "COVERAGE_LEVELS",
    "ENOUGH_TO_CALIBRATE",
    "FEWEST_THERAPISTS",
    "WORLDS",
    "Bools",
    "Calibration",
    "Candidates",
    "ConditionedAlliance",
    "EstimationError",
    "Evaluation",
    "FeatureSet",
    "FitControl",
    "FittedAlliance",
    "Floats",
    "Forecast",
    "ForecastParts",
    "Interval",
    "Ints",
    "PairTerms",
    "PartImportance",
    "PartSelection",
    "Prior",
    "Publication",
    "PublicationControl",
    "RatingVersions",
    "RowForecast",
    "Sensitivity",
    "StartedPairs",
    "SumsDifferences",
    "TherapistResponse",
    "TrainingTable",
    "Variances",
    "Verdict",
    "World",
    "WorldControl",
    "assign",
    "calibrate",
    "concern_overlap",
    "conditioned",
    "coverage",
    "downdate",
    "dropout_weights",
    "evaluate",
    "evaluate_unseen_therapists",
    "fit",
    "fit_given_variances",
    "forecast",
    "forecast_rows",
    "from_dict",
    "is_informative",
    "latest_rows",
    "part_importance",
    "publication_from_dict",
    "publication_to_dict",
    "publish",
    "rank_correlation",
    "rmse",
    "sensitivity",
    "shortlist",
    "shrunken_means",
    "simulate",
    "style_agreement",
    "sum_of_terms",
    "sums_differences",
    "therapist_response",
    "to_dict",
    "unpublished",
    "update",
    "verdict",
]
