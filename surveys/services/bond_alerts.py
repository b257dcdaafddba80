"""Bond alerts: a therapist is told by mail that there is one, and says what became of it."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.news import mail_news
from surveys.bond_alerts import CLOSED_STAYS, BondAlert, bond_alerts, therapists_to_notify
from surveys.models import BondAlertNotice, BondAlertOutcome, Note
from therapists.models import Therapist


@transaction.atomic
def bond_alert_close(*, alert: BondAlert, kind: str, by: Actor) -> None:
    """Close it; whoever closes it again says it better, so that counts."""
    outcome, _ = BondAlertOutcome.objects.update_or_create(
        **_about(alert), defaults={"kind": kind, "closed_at": Now()}
    )
    event_record(by=by, verb="bond_alert_close", of=outcome, clinic_id=alert.client.clinic_id)


def bond_alerts_notify(*, by: Actor) -> None:
    """Mail each therapist who has new alerts, once for all of them, that there is something to read.

    Alerts count as told once the mail was accepted, so a crash in between repeats a mail and loses none.
    """
    for pk in sorted(therapists_to_notify()):
        _therapist_notify(pk, by)


@transaction.atomic
def _therapist_notify(pk: int, by: Actor) -> None:
    free = Therapist.objects.filter(pk=pk).select_for_update(skip_locked=True, of=("self",), no_key=True)
    therapist = free.select_related("user", "clinic").first()
    if therapist is None or therapist.user is None:  # another worker is at it
        return
    since = timezone.now() - CLOSED_STAYS
    found = [one for one in bond_alerts(therapist) if one.outcome is None and one.shared_at > since]
    news = [one for one in found if not BondAlertNotice.objects.filter(**_about(one)).exists()]
    if news and mail_news([therapist.user], "alerts"):
        BondAlertNotice.objects.bulk_create(BondAlertNotice(**_about(one)) for one in news)
        event_record(by=by, verb="bond_alerts_notify", of=therapist, clinic_id=therapist.clinic_id)


def _about(alert: BondAlert) -> dict[str, Any]:
    source = alert.source
    if isinstance(source, Note):
        return {"note": source, "episode": source.episode, "matter": alert.matter}
    return {"response": source, "episode": source.session.episode, "matter": alert.matter}
