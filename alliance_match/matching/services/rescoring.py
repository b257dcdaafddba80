"""Pending re-scores: lock, count the attempt, update the fit, re-score, delete exactly what was read."""

import time
from collections.abc import Sequence
from functools import partial

from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.matching.models import ModelSnapshot, PendingRescore, RescoreRun
from alliance_match.matching.models.pending_rescore import FIT_GIVEN_UP, MAX_ATTEMPTS, PendingRescoreQuerySet
from alliance_match.matching.services.attempts import (
    WORKER_LOST,
    attempt_count,
    attempt_run,
    clinic_lock_if_free,
    rescores_give_up,
)
from alliance_match.matching.services.evaluation import ClinicEvaluation
from alliance_match.matching.services.scoring import match_lists_rescore
from alliance_match.matching.services.snapshots import needs_fit, snapshot_save
from alliance_match.matching.services.training_rows import training_rows_update


def clinics_with_pending_rescores() -> list[Clinic]:
    """The clinics with something pending."""
    return list(Clinic.objects.filter(pk__in=PendingRescore.objects.values("clinic")).order_by("pk"))


def pending_rescores_process(*, clinic: Clinic, by: Actor) -> None:
    """Work until nothing is pending, or what is left has just failed; returns at once where another works."""
    tried: set[int] = set()
    while batch := _attempt_begin(clinic, tried):
        tried |= {pending.pk for pending in batch}
        processed = attempt_run(
            "a re-score",
            partial(_batch_process, clinic, batch, by),
            rows=_rows_of_batch(batch),
            on_failure=partial(_attempt_failed, batch),
        )
        if processed is False:
            return


@transaction.atomic
def _attempt_begin(clinic: Clinic, tried: set[int]) -> list[PendingRescore]:
    """The next rows to process, their attempt counted; none while another worker holds the clinic, or where
    it must be fitted first."""
    if not clinic_lock_if_free(clinic):
        return []
    # Fits failed with these in wait, but none is needed any more: they themselves were never tried.
    PendingRescore.objects.in_clinic(clinic).filter(attempts=FIT_GIVEN_UP).update(attempts=0)
    batch = PendingRescore.objects.in_clinic(clinic).exclude(pk__in=tried).next_batch()
    hopeless = [pending for pending in batch if pending.attempts >= MAX_ATTEMPTS]
    if hopeless:
        rescores_give_up(hopeless, WORKER_LOST)
        return _attempt_begin(clinic, tried)
    # Asked after the rows were read: whoever allowed other features meanwhile has added one that is in them.
    if needs_fit(clinic):
        return []
    attempt_count(_rows_of_batch(batch))
    return batch


def _attempt_failed(batch: Sequence[PendingRescore], error: Exception) -> None:
    rescores_give_up(list(_rows_of_batch(batch).filter(attempts__gte=MAX_ATTEMPTS)), type(error).__name__)


def _rows_of_batch(batch: Sequence[PendingRescore]) -> PendingRescoreQuerySet:
    return PendingRescore.objects.filter(pk__in=[pending.pk for pending in batch])


@transaction.atomic
def _batch_process(clinic: Clinic, batch: Sequence[PendingRescore], by: Actor) -> bool:
    """Update the fit, re-score, delete the rows, all or nothing. False where another holds the clinic."""
    began = time.monotonic()
    snapshot = ModelSnapshot.objects.in_clinic(clinic).newest()
    if snapshot is None or not clinic_lock_if_free(clinic):
        return False
    _batch_apply(clinic, snapshot, batch, began, by)
    _rows_of_batch(batch).delete()
    return True


def _batch_apply(
    clinic: Clinic, snapshot: ModelSnapshot, batch: Sequence[PendingRescore], began: float, by: Actor
) -> None:
    client_ids = sorted({pending.client_id for pending in batch if pending.client_id is not None})
    fitted, ratings = training_rows_update(clinic=clinic, snapshot=snapshot, client_ids=client_ids, by=by)
    if ratings:
        evaluation = ClinicEvaluation(snapshot.verdict, snapshot.evaluation)
        rated = clinic.training_rows.count()
        kind = ModelSnapshot.Kind.UPDATE
        snapshot = snapshot_save(clinic=clinic, fitted=fitted, kind=kind, rated=rated, evaluation=evaluation)
    everybody = ratings or any(pending.therapist_id is not None for pending in batch)
    changed = match_lists_rescore(
        clinic=clinic,
        fitted=fitted,
        number=snapshot.number,
        new_snapshot=bool(ratings),
        client_ids=None if everybody else client_ids,
    )
    run = RescoreRun.objects.create(
        clinic=clinic,
        snapshot_number=snapshot.number,
        ratings=ratings,
        lists=changed.lists,
        moved=changed.moved,
        seconds=time.monotonic() - began,
    )
    event_record(by=by, verb="pending_rescores_process", of=run, clinic_id=clinic.pk)
