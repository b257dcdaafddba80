"""Celery tasks: each calls services, and may run twice or never."""

from celery import shared_task

from alliance_match.audit.actors import SystemActor
from clients import services


@shared_task
def introductions_sweep() -> None:
    """Write down what time has ended, and mail what changed and where a place came free."""
    services.introductions_expire(by=SystemActor.WORKER)
    services.reservations_expire(by=SystemActor.WORKER)
    services.introductions_notify(by=SystemActor.WORKER)
    services.waits_notify(by=SystemActor.WORKER)


@shared_task
def sign_ups_forget() -> None:
    """Forget addresses that nobody proved to be theirs."""
    services.sign_ups_forget(by=SystemActor.WORKER)
