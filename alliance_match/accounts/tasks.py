"""Tasks of the worker: they may run twice or never."""

from celery import shared_task

from alliance_match.accounts.sessions import SessionStore


@shared_task
def sessions_forget() -> None:
    """Forget sessions that have run out; nothing else deletes their rows."""
    SessionStore.clear_expired()
