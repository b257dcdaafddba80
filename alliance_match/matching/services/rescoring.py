"""Working off what is owed: claim, count the attempt, learn, re-score, delete exactly what was read."""

import logging
import time
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import (
    FailedRescore,
    ModelSnapshot,
    PendingRescore,
    RescoreLock,
    RescoreRun,
)
from alliance_match.matching.models.pending_rescore import FIT_GIVEN_UP, MAX_ATTEMPTS
from alliance_match.matching.services.attempts import lock_if_free
from alliance_match.matching.services.evaluation import ClinicEvaluation
from alliance_match.matching.services.outages import is_database_outage, retry_when_available
from alliance_match.matching.services.scoring import matches_rescore
from alliance_match.matching.services.snapshots import snapshot_save
from alliance_match.matching.services.training_rows import training_rows_update

log = logging.getLogger(__name__)


def clinics_with_pending_rescores() -> list[Clinic]:
    """The clinics with owed work."""
    return list(Clinic.objects.filter(pk__in=PendingRescore.objects.values("clinic")).order_by("pk"))


def pending_rescores_process(*, clinic: Clinic) -> None:
    """Work until nothing is owed, or what is left has just failed; returns at once where another works.

    An attempt is counted and committed before the work, so that work which kills its worker counts too.
    """
    tried: set[int] = set()
    while batch := _locked_attempt(clinic, tried):
        tried |= {owed.pk for owed in batch}
        try:
            worked = _batch_work_off(clinic, batch)
        except Exception as error:  # whatever it is, it must not stop the others' work
            if is_database_outage(error):
                retry_when_available(lambda lost=batch: _attempt_uncount(lost))  # type: ignore[misc]
                raise
            log.error("re-scoring failed: %s", type(error).__name__)
            _give_up_if_hopeless(batch, type(error).__name__)
        else:
            if not worked:
                return


@transaction.atomic
def _locked_attempt(clinic: Clinic, tried: set[int]) -> list[PendingRescore]:
    """The next rows to work off, their attempt counted; none while another worker holds the clinic."""
    RescoreLock.objects.get_or_create(clinic=clinic)
    if not lock_if_free(clinic):
        return []
    # Fits failed with these in wait, but none is needed any more: they themselves were never tried.
    PendingRescore.objects.in_clinic(clinic).filter(attempts=FIT_GIVEN_UP).update(attempts=0)
    batch = PendingRescore.objects.in_clinic(clinic).exclude(pk__in=tried).next_batch()
    hopeless = [owed for owed in batch if owed.attempts >= MAX_ATTEMPTS]
    if hopeless:
        _bury(hopeless, "the worker was lost each time")
        return _locked_attempt(clinic, tried)
    PendingRescore.objects.filter(pk__in=[owed.pk for owed in batch]).update(attempts=F("attempts") + 1)
    return batch


@transaction.atomic
def _batch_work_off(clinic: Clinic, batch: Sequence[PendingRescore]) -> bool:
    """Learn, re-score and delete the rows, all or nothing. False where another worker holds the clinic."""
    began = time.monotonic()
    snapshot = ModelSnapshot.objects.in_clinic(clinic).newest()
    if snapshot is None or not lock_if_free(clinic):
        return False
    _batch_apply(clinic, snapshot, batch, began)
    PendingRescore.objects.filter(pk__in=[owed.pk for owed in batch]).delete()
    return True


def _batch_apply(
    clinic: Clinic, snapshot: ModelSnapshot, batch: Sequence[PendingRescore], began: float
) -> None:
    owing = sorted({owed.client_id for owed in batch if owed.client_id is not None})
    fitted, ratings = training_rows_update(clinic=clinic, snapshot=snapshot, client_ids=owing)
    if ratings:
        evaluation = ClinicEvaluation(snapshot.verdict, snapshot.evaluation)
        rated = clinic.training_rows.count()
        kind = ModelSnapshot.Kind.UPDATE
        snapshot = snapshot_save(clinic=clinic, fitted=fitted, kind=kind, rated=rated, evaluation=evaluation)
    everybody = ratings or any(owed.therapist_id is not None for owed in batch)
    changed = matches_rescore(
        clinic=clinic,
        fitted=fitted,
        number=snapshot.number,
        new_snapshot=bool(ratings),
        client_ids=None if everybody else owing,
    )
    RescoreRun.objects.create(
        clinic=clinic,
        snapshot_number=snapshot.number,
        ratings=ratings,
        matches=changed.matches,
        moved=changed.moved,
        seconds=time.monotonic() - began,
    )


def _attempt_uncount(batch: Sequence[PendingRescore]) -> None:
    counted = PendingRescore.objects.filter(pk__in=[owed.pk for owed in batch], attempts__gt=0)
    counted.update(attempts=F("attempts") - 1)


@transaction.atomic
def _give_up_if_hopeless(batch: Sequence[PendingRescore], error: str) -> None:
    rows = PendingRescore.objects.filter(pk__in=[owed.pk for owed in batch], attempts__gte=MAX_ATTEMPTS)
    _bury(list(rows), error)


def _bury(rows: Sequence[PendingRescore], error: str) -> None:
    FailedRescore.objects.bulk_create(
        FailedRescore(
            clinic_id=owed.clinic_id, client_id=owed.client_id, therapist_id=owed.therapist_id, error=error
        )
        for owed in rows
    )
    PendingRescore.objects.filter(pk__in=[owed.pk for owed in rows]).delete()
