"""Whether the predictions deserve trust here: evaluated on ratings held out, with one verdict."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.features import feature_set
from alliance_match.prediction import (
    FEWEST_THERAPISTS,
    Evaluation,
    TrainingTable,
    dropout_weights,
    evaluate,
    evaluate_unseen_therapists,
    latest_rows,
    verdict,
)
from surveys.models import AllianceRating

ENOUGH_TO_EVALUATE = 300
# Older ratings say little about how good the predictions are now, and cost minutes.
NEWEST = 20_000


@dataclass(frozen=True)
class ClinicEvaluation:
    """What a clinic may think of its predictions, and the figures behind it (empty below 300 ratings).

    `unseen_therapists` has the figures with therapists held out as a whole; empty where that was not asked.
    `widening` is what the ratings held out say of the intervals (`Calibration`).
    """

    verdict: str
    figures: Mapping[str, Any]
    widening: float = 1.0
    unseen_therapists: Mapping[str, Any] = field(default_factory=dict)


def evaluate_newest_ratings(table: TrainingTable) -> ClinicEvaluation:
    """Evaluate on the newest ratings (oldest first) if they are enough, and give the verdict of the gates."""
    if len(table) < ENOUGH_TO_EVALUATE:
        return ClinicEvaluation(verdict(None, len(table)), {})
    newest = _newest_ratings(table)
    evaluation = evaluate(newest, latest_rows(np.arange(float(len(newest)))))
    return ClinicEvaluation(
        verdict(evaluation, len(table)), evaluation_as_json(evaluation), evaluation.calibration.widening
    )


def evaluate_with_unseen_therapists(table: TrainingTable) -> ClinicEvaluation:
    """The same, and evaluated with therapists held out as a whole too, where there are three or more."""
    evaluation = evaluate_newest_ratings(table)
    newest = _newest_ratings(table)
    if not evaluation.figures or len(np.unique(newest.therapist_ids)) < FEWEST_THERAPISTS:
        return evaluation
    return replace(evaluation, unseen_therapists=evaluation_as_json(evaluate_unseen_therapists(newest)))


def _newest_ratings(table: TrainingTable) -> TrainingTable:
    return table.rows(np.arange(max(0, len(table) - NEWEST), len(table)))


def evaluation_as_json(evaluation: Evaluation) -> dict[str, Any]:
    """An evaluation as JSON; a figure that could not be had is null."""
    named = {name: getattr(evaluation, name) for name in Evaluation.__dataclass_fields__}
    named["nested_r2"] = {model: asdict(interval) for model, interval in evaluation.nested_r2.items()}
    named["coverage"] = by_level(evaluation.coverage)
    named["calibration"] = {
        "ratings": evaluation.calibration.ratings,
        "reach": by_level(evaluation.calibration.reach),
    }
    for name in ("match_gain", "gain"):
        named[name] = asdict(named[name])
    return {name: None if isinstance(v, float) and math.isnan(v) else v for name, v in named.items()}


def by_level(values: Mapping[float, float]) -> dict[str, float]:
    """Under the names of the levels, as 80%."""
    return {f"{level:.0%}": value for level, value in values.items()}


def clinic_evaluate(*, clinic: Clinic) -> ClinicEvaluation:
    """Evaluate a clinic's predictions now, storing nothing."""
    ratings = dataset.ratings_to_train_on(AllianceRating.objects.in_clinic(clinic))
    rows = dataset.training_rows(clinic, ratings)
    table = dataset.training_table(feature_set(clinic), dataset.instrument_codes(clinic), rows)
    rating_ids = np.array([row.rating_id for row in rows], dtype=np.int64)
    return evaluate_with_unseen_therapists(
        replace(table, weight=dropout_weights(dataset.started_pairs(clinic, rating_ids, table)))
    )
