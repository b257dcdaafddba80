"""Whether the predictions deserve trust here: evaluated forward in time, told as one verdict."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.features import feature_set
from alliance_match.prediction import Evaluation, TrainingTable, evaluate, later, verdict
from surveys.models import AllianceRating

ENOUGH_TO_EVALUATE = 300


@dataclass(frozen=True)
class Judgement:
    """What a clinic is told of its predictions, and the figures behind it (empty below 300 ratings)."""

    verdict: str
    figures: Mapping[str, Any]


def judged(table: TrainingTable) -> Judgement:
    """Evaluate where there are enough ratings (oldest first), and give the verdict of the gates."""
    if len(table) < ENOUGH_TO_EVALUATE:
        return Judgement(verdict(None, len(table)), {})
    evaluation = evaluate(table, later(np.arange(float(len(table)))))
    return Judgement(verdict(evaluation, len(table)), figures(evaluation))


def figures(evaluation: Evaluation) -> dict[str, Any]:
    """An evaluation as JSON; a figure that could not be had is null."""
    named = {name: getattr(evaluation, name) for name in Evaluation.__dataclass_fields__ if name != "fitted"}
    named["ladder"] = {rung: asdict(interval) for rung, interval in evaluation.ladder.items()}
    named["coverage"] = {f"{level:.0%}": share for level, share in evaluation.coverage.items()}
    for name in ("match_gain", "gain"):
        named[name] = asdict(named[name])
    return {name: None if isinstance(v, float) and math.isnan(v) else v for name, v in named.items()}


def clinic_judge(*, clinic: Clinic) -> Judgement:
    """Evaluate a clinic's predictions now, storing nothing."""
    rows = dataset.training_rows(clinic, learnable(clinic))
    return judged(dataset.training_table(feature_set(clinic), dataset.instruments(clinic), rows))


def learnable(clinic: Clinic) -> list[AllianceRating]:
    """The ratings the estimator may learn from, oldest first, with what the features need."""
    ratings = AllianceRating.objects.in_clinic(clinic).to_learn_from()
    found = ratings.select_related("session__episode", "instrument")
    return sorted(found, key=lambda one: (str(one.session.held_on or ""), one.pk))
