"""Closing a bond alert with what became of it."""

from typing import Any

from django.db.models.functions import Now

from surveys.bond_alerts import BondAlert
from surveys.models import BondAlertOutcome, Note


def bond_alert_close(*, alert: BondAlert, kind: str) -> None:
    """Close it; whoever closes it again says it better, so that counts."""
    source = alert.source
    about: dict[str, Any] = (
        {"note": source, "episode": source.episode}
        if isinstance(source, Note)
        else {"response": source, "episode": source.session.episode}
    )
    BondAlertOutcome.objects.update_or_create(
        **about, matter=alert.matter, defaults={"kind": kind, "closed_at": Now()}
    )
