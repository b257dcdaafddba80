"""Full fits: fit, store, re-score; of the worker's the attempts are counted."""

import logging
import time

import numpy as np
from django.db import transaction
from django.db.models import F

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset
from alliance_match.matching.features import feature_set
from alliance_match.matching.models import (
    FailedRescore,
    ModelSnapshot,
    PendingRescore,
    RescoreLock,
    RescoreRun,
)
from alliance_match.matching.models.pending_rescore import FIT_GIVEN_UP, MAX_ATTEMPTS
from alliance_match.matching.services.attempts import lock_if_free
from alliance_match.matching.services.evaluation import evaluate_newest_ratings
from alliance_match.matching.services.outages import is_database_outage, retry_when_available
from alliance_match.matching.services.part_importance import part_importance_release
from alliance_match.matching.services.scoring import matches_rescore
from alliance_match.matching.services.snapshots import needs_fit, snapshot_save
from alliance_match.matching.services.training_rows import training_rows_renew, training_rows_set_weights
from alliance_match.prediction import (
    FitControl,
    FittedAlliance,
    TrainingTable,
    Variances,
    fit,
    fit_given_variances,
)

log = logging.getLogger(__name__)
ENOUGH_TO_FIT = 30
EXPECTED_VARIANCE = 400.0


@transaction.atomic
def clinic_fit(*, clinic: Clinic) -> ModelSnapshot:
    """Learn everything anew, with new variances, and re-score every client who is looking.

    Waits for a worker that is at work for this clinic. Raises EstimationError where the data are unusable.
    """
    began = time.monotonic()
    RescoreLock.objects.get_or_create(clinic=clinic)
    RescoreLock.objects.select_for_update().get(clinic=clinic)
    owed = list(PendingRescore.objects.in_clinic(clinic).values_list("pk", flat=True))
    rows = training_rows_renew(clinic=clinic)
    training_rows_set_weights(clinic=clinic, rows=rows)
    table = dataset.training_table(feature_set(clinic), dataset.instruments(clinic), rows)
    evaluation = evaluate_newest_ratings(table)
    fitted = fit_or_start(table, FitControl(widening=evaluation.widening))
    snapshot = snapshot_save(
        clinic=clinic,
        fitted=fitted,
        kind=ModelSnapshot.Kind.FIT,
        rated=len(rows),
        evaluation=evaluation,
        part_importance=part_importance_release(clinic=clinic, fitted=fitted, rows=rows),
    )
    changed = matches_rescore(clinic=clinic, fitted=fitted, number=snapshot.number, new_snapshot=True)
    PendingRescore.objects.filter(pk__in=owed).delete()
    RescoreRun.objects.create(
        clinic=clinic,
        snapshot_number=snapshot.number,
        ratings=len(rows),
        matches=changed.matches,
        moved=changed.moved,
        seconds=time.monotonic() - began,
    )
    return snapshot


def fit_or_start(table: TrainingTable, control: FitControl) -> FittedAlliance:
    """Fit; with too few ratings, or none that differ, solve at the variances the literature expects."""
    several = len(table) >= ENOUGH_TO_FIT and len(np.unique(table.therapist_ids)) > 1
    if several and np.ptp(table.score) > 0:
        return fit(table, control)
    expected = Variances.default(table.features, len(table.instruments), EXPECTED_VARIANCE)
    return fit_given_variances(table, expected, control)


def fit_is_due(clinic: Clinic) -> bool:
    """Whether a clinic that needs a fit should be given one before the night."""
    return not PendingRescore.objects.in_clinic(clinic).fit_given_up()


def clinic_fit_if_needed(*, clinic: Clinic) -> None:
    """Fit a clinic that needs it, unless somebody is at work for it or its fits have failed too often.

    An attempt is counted and committed before the fit, so that one which kills its worker counts too.
    """
    if not _attempt_counted(clinic):
        return
    try:
        _fit_if_free(clinic)
    except Exception as error:  # whatever it is, it may hold figures of people, and must not stop the others
        if is_database_outage(error):
            retry_when_available(lambda: _attempt_uncount(clinic))
            raise
        log.error("a fit failed: %s", type(error).__name__)
        _give_up_if_hopeless(clinic, type(error).__name__)


def clinic_refit(*, clinic: Clinic) -> None:
    """Fit a clinic anew, whatever was given up; a failure is told at once, for none tries again today."""
    try:
        clinic_fit(clinic=clinic)
    except Exception as error:
        if is_database_outage(error):
            raise
        log.error("a fit failed: %s", type(error).__name__)
        _tell(clinic, type(error).__name__)


@transaction.atomic
def _attempt_counted(clinic: Clinic) -> bool:
    """Whether to fit now, with the attempt counted on all that is owed."""
    RescoreLock.objects.get_or_create(clinic=clinic)
    if not (lock_if_free(clinic) and needs_fit(clinic) and fit_is_due(clinic)):
        return False
    owed = PendingRescore.objects.in_clinic(clinic).before_a_fit()
    if owed.filter(attempts=MAX_ATTEMPTS).exists():
        _give_up(clinic, "the worker was lost each time")
        return False
    owed.update(attempts=F("attempts") + 1)
    return True


@transaction.atomic
def _fit_if_free(clinic: Clinic) -> None:
    if lock_if_free(clinic) and needs_fit(clinic):
        clinic_fit(clinic=clinic)


def _attempt_uncount(clinic: Clinic) -> None:
    counted = PendingRescore.objects.in_clinic(clinic).before_a_fit().filter(attempts__gt=0)
    counted.update(attempts=F("attempts") - 1)


@transaction.atomic
def _give_up_if_hopeless(clinic: Clinic, error: str) -> None:
    owed = PendingRescore.objects.in_clinic(clinic).before_a_fit()
    if owed.filter(attempts=MAX_ATTEMPTS).exists() or not owed.exists():
        _give_up(clinic, error)


def _give_up(clinic: Clinic, error: str) -> None:
    PendingRescore.objects.in_clinic(clinic).filter(attempts__gt=0).update(attempts=FIT_GIVEN_UP)
    _tell(clinic, error)


def _tell(clinic: Clinic, error: str) -> None:
    FailedRescore.objects.create(clinic=clinic, error=f"fit: {error}")
