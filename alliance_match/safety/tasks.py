"""Tasks of the worker: they call services, and may run twice or never."""

from celery import shared_task

from alliance_match.audit.actors import SystemActor
from alliance_match.safety import services


@shared_task
def risk_alerts_sweep() -> None:
    """Write down who is to be notified of an alert, and mail them."""
    services.notices_create(by=SystemActor.WORKER)
    services.notices_send(by=SystemActor.WORKER)
