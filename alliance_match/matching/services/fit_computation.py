"""What a fit finds, computed from training data: nothing here writes, so it may run without any lock."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.models import ModelSnapshot
from alliance_match.matching.services.evaluation import ClinicEvaluation, evaluate_newest_ratings
from alliance_match.matching.services.part_importance import part_importance_release
from alliance_match.matching.training_data import TrainingData
from alliance_match.prediction import (
    EstimationError,
    FitControl,
    FittedAlliance,
    TrainingTable,
    Variances,
    dropout_weights,
    fit,
    fit_given_variances,
    is_informative,
    verdict,
)

log = logging.getLogger(__name__)
ENOUGH_TO_FIT = 30
EXPECTED_VARIANCE = 400.0


class ClinicFit(NamedTuple):
    """An estimator, what its predictions are worth, and what of it is public."""

    fitted: FittedAlliance
    evaluation: ClinicEvaluation
    part_importance: Mapping[str, Any]


def weighted(clinic: Clinic, data: TrainingData) -> TrainingData:
    """With the weights of today. Where nothing can be said of who drops out, they stay as they are."""
    try:
        weights = dropout_weights(dataset.started_pairs(clinic, data.rating_ids, data.table))
    except EstimationError:
        log.error("no dropout weights were found")
        return data
    return data._replace(table=replace(data.table, weight=weights))


def searched_fit(clinic: Clinic, data: TrainingData) -> ClinicFit:
    evaluation = _evaluation(data.table)
    fitted = fit_or_solve(data.table, FitControl(widening=evaluation.widening))
    importance = part_importance_release(clinic=clinic, fitted=fitted, data=data)
    return ClinicFit(fitted, evaluation, importance)


def _evaluation(table: TrainingTable) -> ClinicEvaluation:
    """Whatever befalls an evaluation costs its figures and the verdict that they earn, never the fit."""
    try:
        return evaluate_newest_ratings(table)
    except Exception as error:  # it may hold figures of people
        log.error("an evaluation failed: %s", type(error).__name__)
        return ClinicEvaluation(verdict(None, len(table)), {})


def preference_fit(table: TrainingTable) -> ClinicFit:
    return ClinicFit(
        solve_at_expected(table, FitControl()), ClinicEvaluation(ModelSnapshot.Verdict.PREFERENCE, {}), {}
    )


def fit_or_solve(table: TrainingTable, control: FitControl) -> FittedAlliance:
    """Fit; with too few ratings, or none that differ, solve at the variances the literature expects."""
    if len(table) >= ENOUGH_TO_FIT and is_informative(table):
        return fit(table, control)
    return solve_at_expected(table, control)


def solve_at_expected(table: TrainingTable, control: FitControl) -> FittedAlliance:
    """Solve at the variances the literature expects."""
    expected = Variances.default(table.features, len(table.instruments), EXPECTED_VARIANCE)
    return fit_given_variances(table, expected, control)
