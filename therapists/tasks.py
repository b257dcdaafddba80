"""Tasks of the worker: each calls a service, and may run twice or never."""

from celery import shared_task

from alliance_match.audit.actors import SystemActor
from therapists import services


@shared_task
def confirmation_requests_send() -> None:
    """Ask therapists by mail whether they still accept clients."""
    services.confirmation_requests_send(by=SystemActor.WORKER)
