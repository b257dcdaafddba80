"""Celery tasks: each calls services, and may run twice or never."""

from celery import shared_task

from clients import services


@shared_task
def introductions_sweep() -> None:
    """Write down what time has ended, and mail what changed and where a place came free."""
    services.introductions_expire()
    services.reservations_expire()
    services.introductions_notify()
    services.waits_notify()


@shared_task
def sign_ups_forget() -> None:
    """Forget addresses that nobody proved to be theirs."""
    services.sign_ups_forget()
