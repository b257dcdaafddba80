"""Predicts the alliance of client and therapist: one exact Gaussian mixed model, with honest intervals.

Pure: NumPy, SciPy and the standard library. Values are frozen; functions return new ones.
`docs/prediction.md` has the equations.
"""

from alliance_match.prediction.agreement import PairTerms, overlap, style_agreement, total
from alliance_match.prediction.assignment import assign
from alliance_match.prediction.calibration import ENOUGH_TO_CALIBRATE, Calibration, calibrated
from alliance_match.prediction.encoding import from_dict, to_dict
from alliance_match.prediction.errors import EstimationError
from alliance_match.prediction.estimator import fit, solve
from alliance_match.prediction.evaluation import (
    FEWEST_THERAPISTS,
    Evaluation,
    Verdict,
    evaluate,
    evaluate_unseen_therapists,
    later,
    verdict,
)
from alliance_match.prediction.fitted import FittedAlliance
from alliance_match.prediction.forecast import Forecast, forecast
from alliance_match.prediction.leaving import Started, rating_weights
from alliance_match.prediction.measures import Interval
from alliance_match.prediction.priors import FitControl, Prior, Variances
from alliance_match.prediction.ranking import shortlist
from alliance_match.prediction.rows import RowForecast, forecast_rows
from alliance_match.prediction.sensitivity import Sensitivity, sensitivity
from alliance_match.prediction.synthetic import World, simulate
from alliance_match.prediction.tables import Candidates, FeatureSet, TrainingTable
from alliance_match.prediction.updating import downdate, update
from alliance_match.prediction.weights import PartWeight, part_weights
from alliance_match.prediction.worlds import WORLDS, WorldControl

__all__ = [
    "ENOUGH_TO_CALIBRATE",
    "FEWEST_THERAPISTS",
    "WORLDS",
    "Calibration",
    "Candidates",
    "EstimationError",
    "Evaluation",
    "FeatureSet",
    "FitControl",
    "FittedAlliance",
    "Forecast",
    "Interval",
    "PairTerms",
    "PartWeight",
    "Prior",
    "RowForecast",
    "Sensitivity",
    "Started",
    "TrainingTable",
    "Variances",
    "Verdict",
    "World",
    "WorldControl",
    "assign",
    "calibrated",
    "downdate",
    "evaluate",
    "evaluate_unseen_therapists",
    "fit",
    "forecast",
    "forecast_rows",
    "from_dict",
    "later",
    "overlap",
    "part_weights",
    "rating_weights",
    "sensitivity",
    "shortlist",
    "simulate",
    "solve",
    "style_agreement",
    "to_dict",
    "total",
    "update",
    "verdict",
]
