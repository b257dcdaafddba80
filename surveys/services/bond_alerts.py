"""A therapist says what became of a bond alert, and it is closed."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from surveys.bond_alerts import BondAlert
from surveys.models import BondAlertOutcome, Note


@transaction.atomic
def bond_alert_close(*, alert: BondAlert, kind: str, by: Actor) -> None:
    """Close it; whoever closes it again says it better, so that counts."""
    source = alert.source
    episode = source.episode if isinstance(source, Note) else source.session.episode
    about: dict[str, Any] = {"note": source} if isinstance(source, Note) else {"response": source}
    outcome, _ = BondAlertOutcome.objects.update_or_create(
        **about, episode=episode, matter=alert.matter, defaults={"kind": kind, "closed_at": Now()}
    )
    event_record(by=by, verb="bond_alert_close", of=outcome, clinic_id=episode.clinic_id)
