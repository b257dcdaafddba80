"""What the worker is asked to do: each task calls one service, and may run twice or never."""

from celery import shared_task

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from alliance_match.insights import services

RELEASE_LIMIT = 30 * 60


@shared_task
def release_all() -> None:
    """Let every clinic's due releases be made, each clinic in a task of its own."""
    for clinic_id in Clinic.objects.values_list("pk", flat=True):
        release.apply_async(args=(clinic_id,))


@shared_task(time_limit=RELEASE_LIMIT)
def release(clinic_id: int) -> None:
    """Make one clinic's due releases."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic:
        services.releases_make(clinic=clinic, by=SystemActor.WORKER)
