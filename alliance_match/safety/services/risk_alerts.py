"""Alerts about danger: each answer is stored before anybody is notified, and each step is taken once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from alliance_match.accounts.models import User
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.safety.deadlines import acknowledge_deadline
from alliance_match.safety.models import CrisisCare, RiskAlert, RiskStep
from alliance_match.safety.models.risk_alert import STEPS
from clients.models import Client
from surveys.models import Instrument

Kind = RiskStep.Kind


class RiskAlertChangedError(Exception):
    """The step is not the next one: somebody else took it, or the client answered anew."""


@transaction.atomic(durable=True)
def risk_alert_report(
    *, client: Client, instrument: Instrument, level: int, sheet: UUID, by: Actor
) -> RiskAlert:
    """Store that a client answered so; whatever becomes of the rest of the form, this is committed.

    The alert that stands is raised, never lowered. Who acts on it is asked anew by a higher answer, and by
    any answer after they were in touch; but the answer of one sheet counts once, even after the alert closed.
    """
    now = _lock(client)
    answered = RiskStep.objects.filter(alert__client=client, sheet=sheet, level__gte=level)
    if (known := answered.select_related("alert").first()) is not None:
        return known.alert
    # Locked: whoever closes it at this moment has either done so, or finds that it has moved on.
    alert = RiskAlert.objects.unclosed().select_for_update().filter(client=client).first()
    if alert is None:
        asked = _deadlines_from(client, level, now)
        alert = RiskAlert.objects.create(clinic=client.clinic, client=client, instrument=instrument, **asked)
    elif level > alert.level or alert.contacted_at is not None:
        undone = dict.fromkeys(f"{step}_{end}" for step in STEPS for end in ("at", "by"))
        asked = _deadlines_from(client, max(level, alert.level), now)
        RiskAlert.objects.filter(pk=alert.pk).update(instrument=instrument, **asked, **undone)
        alert.refresh_from_db()
    RiskStep.objects.create(alert=alert, kind=Kind.ANSWERED, level=level, sheet=sheet)
    event_record(by=by, verb="risk_alert_report", of=alert, clinic_id=alert.clinic_id)
    return alert


def _lock(client: Client) -> datetime:
    """Two tabs report one after the other; returns the database's time."""
    locked = Client.objects.select_for_update(of=("self",)).annotate(now=Now()).filter(pk=client.pk)
    return locked.values_list("now", flat=True).get()


def _deadlines_from(client: Client, level: int, now: datetime) -> dict[str, Any]:
    hours = CrisisCare.objects.for_clinic(client.clinic).hours
    return {
        "level": level,
        "asked_at": now,
        "notify_at": now,
        "due_at": acknowledge_deadline(level, now, hours),
        "rounds": 0,
    }


def risk_alert_acknowledge(*, alert: RiskAlert, by: User) -> None:
    """Somebody took note and will act; nobody else is notified from now on. Raises RiskAlertChangedError."""
    _step_take(alert, Kind.ACKNOWLEDGED, by, "risk_alert_acknowledge")


def risk_alert_contact(*, alert: RiskAlert, by: User) -> None:
    """Somebody was in touch with the client. Raises RiskAlertChangedError."""
    _step_take(alert, Kind.CONTACTED, by, "risk_alert_contact")


def risk_alert_close(*, alert: RiskAlert, by: User, note: str) -> None:
    """What was to be done is done, and said in a note. Raises RiskAlertChangedError."""
    _step_take(alert, Kind.CLOSED, by, "risk_alert_close", closing_note=note)


@transaction.atomic
def _step_take(alert: RiskAlert, kind: RiskStep.Kind, by: User, verb: str, **changes: str) -> None:
    """The next step and no other, on the alert as it was seen: one statement decides between two people."""
    if alert.next_step != kind:
        raise RiskAlertChangedError
    as_seen = RiskAlert.objects.filter(pk=alert.pk, asked_at=alert.asked_at, **{f"{kind}_at": None})
    done = as_seen.filter(**{f"{step}_at__isnull": False for step in STEPS[: STEPS.index(kind)]})
    if not done.update(**{f"{kind}_at": Now(), f"{kind}_by": by}, **changes):
        raise RiskAlertChangedError
    RiskStep.objects.create(alert=alert, kind=kind, by=by)
    event_record(by=by, verb=verb, of=alert, clinic_id=alert.clinic_id)
