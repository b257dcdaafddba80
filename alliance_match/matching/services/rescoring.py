"""Pending re-scores: take in what changed, then score lists in slices; each step deletes what it read."""

import time
from collections.abc import Sequence
from functools import partial

from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.matching.models import PendingRescore, RescoreLock, RescoreRun
from alliance_match.matching.models.pending_rescore import FIT_GIVEN_UP, MAX_ATTEMPTS, PendingRescoreQuerySet
from alliance_match.matching.services.attempts import (
    WORKER_LOST,
    attempt_count,
    attempt_run,
    attempt_uncount,
    clinic_lock_if_free,
    rescores_give_up,
)
from alliance_match.matching.services.estimators import StateDamagedError
from alliance_match.matching.services.pending_lists import lists_of_clients_add, lists_of_everybody_add
from alliance_match.matching.services.publishing import publication_in_force
from alliance_match.matching.services.scoring import ChangeCounts, match_lists_rescore
from alliance_match.matching.services.snapshots import checkpoint_if_due, needs_fit
from alliance_match.matching.services.training_rows import training_rows_update

# A batch that fails is halved so many times at once; a later attempt begins with an eighth of it.
MOST_TRIES = 40
UNLIMITED = float("inf")


def clinics_with_pending_rescores() -> list[Clinic]:
    """The clinics with something pending."""
    return list(Clinic.objects.filter(pk__in=PendingRescore.objects.values("clinic")).order_by("pk"))


def pending_rescores_process(*, clinic: Clinic, by: Actor, seconds: float = UNLIMITED) -> bool:
    """Work until nothing is pending, what is left has just failed, or the time is over: then it returns True.

    Returns at once where another works for the clinic.
    """
    ends = time.monotonic() + seconds
    tried: set[int] = set()
    while time.monotonic() < ends:
        batch = _attempt_begin(clinic, tried)
        if not batch:
            return False
        tried |= {pending.pk for pending in batch}
        _batch_bisect(clinic, batch, by)
    return True


@transaction.atomic
def _attempt_begin(clinic: Clinic, tried: set[int]) -> list[PendingRescore]:
    """The next rows to process, their attempt counted; none while another worker holds the clinic, or where
    it must be fitted first."""
    if not clinic_lock_if_free(clinic) or needs_fit(clinic):
        return []
    rows = PendingRescore.objects.in_clinic(clinic)
    # Fits failed with these in wait, but none is needed any more: they themselves were never tried.
    rows.filter(attempts=FIT_GIVEN_UP).update(attempts=0)
    rescores_give_up(list(rows.filter(attempts__gte=MAX_ATTEMPTS)), WORKER_LOST)
    batch = rows.exclude(pk__in=tried).next_batch()
    # Asked again after the rows were read: whoever allowed other features meanwhile has added one of them.
    if needs_fit(clinic):
        return []
    attempt_count(_rows_of_batch(batch))
    return batch


def _batch_bisect(clinic: Clinic, batch: Sequence[PendingRescore], by: Actor) -> None:
    """Process a batch whose attempt was counted; where that fails, its halves, and theirs."""
    halves = [batch]
    for _ in range(MOST_TRIES):
        if not halves:
            return
        part = halves.pop()
        processed = attempt_run(
            "a re-score",
            partial(_batch_process, clinic, part, by),
            rows=_rows_of_batch(part),
            on_failure=partial(_attempt_failed, clinic, part),
        )
        if processed is False and part is batch:  # none was tried, and who was tried waits longer
            attempt_uncount(_rows_of_batch(batch))
        if processed is False or needs_fit(clinic):
            return
        if processed is None and len(part) > 1:
            halves += [part[len(part) // 2 :], part[: len(part) // 2]]


def _attempt_failed(clinic: Clinic, batch: Sequence[PendingRescore], error: Exception) -> None:
    """One alone is given up after its last attempt. A damaged state is not theirs: it asks for a fit."""
    rows = _rows_of_batch(batch)
    if isinstance(error, StateDamagedError):
        RescoreLock.objects.filter(clinic=clinic).update(state_damaged=True)
        attempt_uncount(rows)
    elif len(batch) == 1:
        rescores_give_up(list(rows.filter(attempts__gte=MAX_ATTEMPTS)), type(error).__name__)


def _rows_of_batch(batch: Sequence[PendingRescore]) -> PendingRescoreQuerySet:
    return PendingRescore.objects.filter(pk__in=[pending.pk for pending in batch])


@transaction.atomic
def _batch_process(clinic: Clinic, batch: Sequence[PendingRescore], by: Actor) -> bool:
    """Do what these rows ask for and delete them, all or nothing. False where another holds the clinic."""
    if not clinic_lock_if_free(clinic):
        return False
    began = time.monotonic()
    ratings, changed = 0, ChangeCounts()
    if batch[0].list_only:
        changed = _lists_score(clinic, batch, by)
    else:
        ratings = _changes_take_in(clinic, batch, by)
    _rows_of_batch(batch).delete()
    if ratings or changed.scored:
        run = RescoreRun.objects.create(
            clinic=clinic,
            ratings=ratings,
            lists=changed.lists,
            moved=changed.moved,
            seconds=time.monotonic() - began,
        )
        event_record(by=by, verb="pending_rescores_process", of=run, clinic_id=clinic.pk)
    return True


def _changes_take_in(clinic: Clinic, batch: Sequence[PendingRescore], by: Actor) -> int:
    """Train on ratings that changed, and name whose lists that concerns: a rating concerns nobody's but the
    rater's before it is published. Returns how many ratings changed."""
    clients = sorted({pending.client_id for pending in batch if pending.client_id is not None})
    ratings = training_rows_update(clinic=clinic, client_ids=clients, by=by)
    since = min(pending.created_at for pending in batch)
    lists_of_clients_add(clinic, sorted(ratings), news=True, since=since)
    lists_of_clients_add(clinic, [pk for pk in clients if pk not in ratings], news=False, since=since)
    if any(pending.therapist_id is not None for pending in batch):
        lists_of_everybody_add(clinic, news=False, since=since)
    checkpoint_if_due(clinic)
    return sum(ratings.values())


def _lists_score(clinic: Clinic, batch: Sequence[PendingRescore], by: Actor) -> ChangeCounts:
    return match_lists_rescore(
        clinic=clinic,
        publication=publication_in_force(clinic, by),
        client_ids=sorted({pending.client_id for pending in batch if pending.client_id is not None}),
        news={pending.client_id for pending in batch if pending.news and pending.client_id is not None},
    )
