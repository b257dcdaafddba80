"""Tasks of the worker: they call services, and may run twice or never."""

from celery import shared_task

from alliance_match.audit.actors import SystemActor
from surveys import services


@shared_task
def invitations_sweep() -> None:
    """Make invitations to new sessions, mail those that are due, and remind."""
    services.invitations_create(by=SystemActor.WORKER)
    services.invitations_send(by=SystemActor.WORKER)


@shared_task
def bond_alerts_notify() -> None:
    """Tell therapists by mail of what clients shared that asks for something."""
    services.bond_alerts_notify(by=SystemActor.WORKER)
