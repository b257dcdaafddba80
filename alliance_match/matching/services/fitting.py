"""Full fits: find variances, store a snapshot, publish. One that has not converged is never served."""

import logging
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.matching import dataset
from alliance_match.matching.features import feature_set
from alliance_match.matching.models import ModelSnapshot, PendingRescore, RescoreRun, TrainingRow
from alliance_match.matching.models.failed_rescore import NOT_CONVERGED
from alliance_match.matching.models.pending_rescore import MAX_ATTEMPTS
from alliance_match.matching.services.attempts import (
    WORKER_LOST,
    attempt_count,
    attempt_run,
    clinic_lock,
    clinic_lock_if_free,
    fit_failure_record,
    fit_give_up,
)
from alliance_match.matching.services.evaluation import ClinicEvaluation, evaluate_newest_ratings
from alliance_match.matching.services.outages import is_database_outage
from alliance_match.matching.services.part_importance import part_importance_release
from alliance_match.matching.services.pending_lists import lists_of_everybody_add
from alliance_match.matching.services.publishing import publish_if_due
from alliance_match.matching.services.rescoring import pending_rescores_process
from alliance_match.matching.services.snapshots import needs_fit, snapshot_save
from alliance_match.matching.services.training_rows import training_rows_renew, training_rows_set_weights
from alliance_match.prediction import (
    EstimationError,
    FitControl,
    FittedAlliance,
    TrainingTable,
    Variances,
    fit,
    fit_given_variances,
    is_informative,
    verdict,
)

log = logging.getLogger(__name__)
ENOUGH_TO_FIT = 30
PRIOR_SERVED = "failed each time; the order is the prior's"
EXPECTED_VARIANCE = 400.0


class FitNotConvergedError(Exception):
    """The search for variances stopped before it converged, so nothing of the fit was kept.

    `pending`: the keys of the pending re-scores that it was to process.
    """

    def __init__(self, pending: Sequence[int]) -> None:
        super().__init__("the search for variances did not converge")
        self.pending = pending


class ClinicFit(NamedTuple):
    """An estimator, what its predictions are worth, and what of it is public."""

    fitted: FittedAlliance
    evaluation: ClinicEvaluation
    part_importance: Mapping[str, Any]


def clinic_fit(*, clinic: Clinic, by: Actor) -> ModelSnapshot:
    """Fit everything anew, with new variances, publish where that is due, and re-score.

    Waits for a worker that is at work for this clinic. Raises EstimationError where the data are unusable,
    and FitNotConvergedError, after recording it, where the search for variances has not converged.
    """
    try:
        snapshot = fit_and_save(clinic=clinic, by=by)
    except FitNotConvergedError as error:
        fit_not_converged(clinic=clinic, error=error, by=by)
        raise
    pending_rescores_process(clinic=clinic, by=by)
    return snapshot


@transaction.atomic
def fit_and_save(*, clinic: Clinic, by: Actor, search: bool = True) -> ModelSnapshot:
    """Fit, store and publish, and name whose lists that concerns, all or nothing.

    Without `search`: at the variances the literature expects.
    """
    began = time.monotonic()
    clinic_lock(clinic)
    pending = list(PendingRescore.objects.in_clinic(clinic).values_list("pk", flat=True))
    rows = training_rows_renew(clinic=clinic)
    _set_weights(clinic, rows)
    table = dataset.training_table(feature_set(clinic), dataset.instrument_codes(clinic), rows)
    found = _searched_fit(clinic, table, rows) if search else _preference_fit(table)
    if not found.fitted.converged:
        raise FitNotConvergedError(pending)
    snapshot = snapshot_save(clinic=clinic, kind=ModelSnapshot.Kind.FIT, rated=len(rows), **found._asdict())
    PendingRescore.objects.filter(pk__in=pending).delete()
    publish_if_due(clinic=clinic, by=by)
    if pending:  # it is in the fit now, and may have concerned any list
        lists_of_everybody_add(clinic, news=False)
    RescoreRun.objects.create(
        clinic=clinic,
        ratings=len(rows),
        lists=0,
        moved=0,
        seconds=time.monotonic() - began,
    )
    event_record(by=by, verb="clinic_fit", of=snapshot, clinic_id=clinic.pk)
    return snapshot


def _set_weights(clinic: Clinic, rows: Sequence[TrainingRow]) -> None:
    """Where nothing can be said of who drops out, the weights stay as they are."""
    try:
        training_rows_set_weights(clinic=clinic, rows=rows)
    except EstimationError:
        log.error("no dropout weights were found")


def _searched_fit(clinic: Clinic, table: TrainingTable, rows: Sequence[TrainingRow]) -> ClinicFit:
    evaluation = _evaluation(table)
    fitted = fit_or_solve(table, FitControl(widening=evaluation.widening))
    return ClinicFit(fitted, evaluation, part_importance_release(clinic=clinic, fitted=fitted, rows=rows))


def _evaluation(table: TrainingTable) -> ClinicEvaluation:
    """Whatever befalls an evaluation costs its figures and the verdict that they earn, never the fit."""
    try:
        return evaluate_newest_ratings(table)
    except Exception as error:  # it may hold figures of people
        log.error("an evaluation failed: %s", type(error).__name__)
        return ClinicEvaluation(verdict(None, len(table)), {})


def _preference_fit(table: TrainingTable) -> ClinicFit:
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


@transaction.atomic
def fit_not_converged(*, clinic: Clinic, error: FitNotConvergedError, by: Actor) -> None:
    """Record it, and leave the snapshot in force until the night.

    A clinic without any, or with one for other features than today's, into which nothing could be taken and
    from which nothing could be removed meanwhile, gets one at the variances the literature expects, called a
    preference fit.
    """
    log.error("a fit did not converge")
    clinic_lock(clinic)
    _serve_prior_if_nothing_is_served(clinic, by)
    fit_give_up(clinic, PendingRescore.objects.filter(pk__in=error.pending), NOT_CONVERGED)


def _serve_prior_if_nothing_is_served(clinic: Clinic, by: Actor) -> None:
    """Where no fit succeeds and no snapshot is in force, the order is the prior's rather than none."""
    if not needs_fit(clinic):
        return
    try:
        fit_and_save(clinic=clinic, by=by, search=False)
    except Exception as error:  # the failure of the fit itself is recorded by whoever calls
        if is_database_outage(error):
            raise
        log.error("a preference fit failed: %s", type(error).__name__)


def fit_is_due(clinic: Clinic) -> bool:
    """Whether a clinic that needs a fit should be given one before the night."""
    return not PendingRescore.objects.in_clinic(clinic).fit_given_up()


def clinic_fit_if_needed(*, clinic: Clinic, by: Actor) -> None:
    """Fit a clinic that needs it, unless somebody is at work for it or its fits have failed too often.

    The last attempt searches for no variances: whatever failed before, or killed its worker, the order is
    the prior's rather than none.
    """
    if _attempt_begin(clinic):
        attempt_run(
            "a fit",
            partial(_fit_if_free, clinic, by),
            rows=PendingRescore.objects.in_clinic(clinic).before_a_fit(),
            on_failure=partial(_attempt_failed, clinic, by),
        )
        pending_rescores_process(clinic=clinic, by=by)


def clinic_refit(*, clinic: Clinic, by: Actor) -> None:
    """Fit a clinic anew, whatever was given up; a failure is recorded at once, for none tries again today."""
    try:
        clinic_fit(clinic=clinic, by=by)
    except FitNotConvergedError:
        return
    except Exception as error:
        if is_database_outage(error):
            raise
        log.error("a fit failed: %s", type(error).__name__)
        _serve_prior_if_nothing_is_served(clinic, by)
        fit_failure_record(clinic, type(error).__name__)


@transaction.atomic
def _attempt_begin(clinic: Clinic) -> bool:
    """Whether to fit now, with the attempt counted on everything that is pending."""
    if not (clinic_lock_if_free(clinic) and needs_fit(clinic) and fit_is_due(clinic)):
        return False
    rows = PendingRescore.objects.in_clinic(clinic).before_a_fit()
    if rows.filter(attempts=MAX_ATTEMPTS).exists():
        fit_give_up(clinic, rows.tried(), WORKER_LOST)
        return False
    attempt_count(rows)
    return True


@transaction.atomic
def _fit_if_free(clinic: Clinic, by: Actor) -> None:
    if not (clinic_lock_if_free(clinic) and needs_fit(clinic)):
        return
    last = PendingRescore.objects.in_clinic(clinic).before_a_fit().filter(attempts=MAX_ATTEMPTS).exists()
    fit_and_save(clinic=clinic, by=by, search=not last)
    if last:
        fit_failure_record(clinic, PRIOR_SERVED)


def _attempt_failed(clinic: Clinic, by: Actor, error: Exception) -> None:
    if isinstance(error, FitNotConvergedError):
        fit_not_converged(clinic=clinic, error=error, by=by)
        return
    rows = PendingRescore.objects.in_clinic(clinic).before_a_fit()
    if rows.filter(attempts=MAX_ATTEMPTS).exists() or not rows.exists():
        fit_give_up(clinic, rows.tried(), type(error).__name__)
