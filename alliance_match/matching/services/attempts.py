"""Who may work for a clinic, how often it was tried, and when nobody tries any more: fits and re-scores."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from django.db import Error, connection, transaction
from django.db.models import F

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import FailedRescore, PendingRescore, RescoreLock
from alliance_match.matching.models.pending_rescore import FIT_GIVEN_UP, PendingRescoreQuerySet
from alliance_match.matching.services.outages import is_database_outage, retry_when_available

WORKER_LOST = "the worker was lost each time"

log = logging.getLogger(__name__)
Result = TypeVar("Result")


def clinic_lock(clinic: Clinic) -> None:
    """Lock the clinic for this transaction, waiting for whoever works for it."""
    RescoreLock.objects.get_or_create(clinic=clinic)
    RescoreLock.objects.select_for_update().get(clinic=clinic)


def clinic_lock_if_free(clinic: Clinic) -> bool:
    """Lock the clinic for this transaction; False where another worker has it."""
    RescoreLock.objects.get_or_create(clinic=clinic)
    return RescoreLock.objects.select_for_update(skip_locked=True).filter(clinic=clinic).first() is not None


@contextmanager
def fit_lock(clinic: Clinic, *, wait: bool = True) -> Iterator[bool]:
    """Keep other fits from the clinic, but no re-score; yields whether nobody else has it.

    Of the connection, for a fit is several transactions: it is gone with a worker that is killed.
    """
    key = [f"fit of clinic {clinic.pk}"]
    take = "pg_advisory_lock(key) IS NOT NULL" if wait else "pg_try_advisory_lock(key)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {take} FROM hashtextextended(%s, 0) AS key", key)  # noqa: S608  # two words
        free: bool = cursor.fetchone()[0]
    try:
        yield free
    finally:
        if free:
            _fit_unlock(key)


def _fit_unlock(key: list[str]) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)
    except Error:  # the connection is of no use, and must not keep the lock
        connection.close()


def attempt_count(rows: PendingRescoreQuerySet) -> None:
    """Count an attempt on these rows, in a transaction that ends before the work begins: so that work which
    kills its worker counts too. What comes from now on is a row of its own."""
    rows.update(attempts=F("attempts") + 1, transaction_id=None)


def attempt_run(
    what: str,
    work: Callable[[], Result],
    *,
    rows: PendingRescoreQuerySet,
    on_failure: Callable[[Exception], None],
) -> Result | None:
    """Do work whose attempt was counted on these rows; None where it failed, after `on_failure`.

    Where the database went away nothing failed: the attempt is not counted, and the error is raised.
    """
    try:
        return work()
    except Exception as error:  # whatever it is, it may hold figures of people, and must not stop the others
        if is_database_outage(error):
            retry_when_available(lambda: attempt_uncount(rows))
            raise
        log.error("%s failed: %s", what, type(error).__name__)
        with transaction.atomic():
            on_failure(error)
        return None


def attempt_uncount(rows: PendingRescoreQuerySet) -> None:
    """Take an attempt back that was none."""
    rows.filter(attempts__gt=0).update(attempts=F("attempts") - 1)


def rescores_give_up(rows: Sequence[PendingRescore], error: str) -> None:
    """Record these rows as failed, without any value; nobody tries them again."""
    FailedRescore.objects.bulk_create(
        FailedRescore(
            clinic_id=row.clinic_id, client_id=row.client_id, therapist_id=row.therapist_id, error=error
        )
        for row in rows
    )
    PendingRescore.objects.filter(pk__in=[row.pk for row in rows]).delete()


def fit_give_up(clinic: Clinic, rows: PendingRescoreQuerySet, error: str) -> None:
    """Record a failed fit; the rows that need it wait for the nightly one, or for another permission."""
    rows.update(attempts=FIT_GIVEN_UP, transaction_id=None)
    fit_failure_record(clinic, error)


def fit_failure_record(clinic: Clinic, error: str) -> None:
    """Record a failed fit, without any value."""
    FailedRescore.objects.create(clinic=clinic, error=f"fit: {error}")


def publication_failure_record(clinic: Clinic, error: str) -> None:
    """Record a failed publication, without any value."""
    FailedRescore.objects.create(clinic=clinic, error=f"publication: {error}")
