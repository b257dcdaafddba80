"""Closing an alert with what became of it."""

from django.db.models.functions import Now

from surveys.alerts import Alert
from surveys.models import Note, Outcome


def alert_close(*, alert: Alert, kind: str) -> None:
    """Close it; whoever closes it again says it better, so that counts."""
    told, said = alert.source, {"kind": kind, "closed_at": Now()}
    if isinstance(told, Note):
        Outcome.objects.update_or_create(episode=told.episode, note=told, matter=alert.matter, defaults=said)
    else:
        Outcome.objects.update_or_create(
            episode=told.session.episode, response=told, matter=alert.matter, defaults=said
        )
