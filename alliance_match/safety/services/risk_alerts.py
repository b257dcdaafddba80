"""Alerts about danger: what a client says is stored before anybody is notified; each step is taken once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from alliance_match.accounts.models import User
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.safety.deadlines import CALL_ASKED, acknowledge_deadline
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
    alert = _unclosed(client)
    highest = alert.level or 0 if alert else 0
    if alert is None or level > highest or alert.contacted_at is not None:
        anew = alert is not None and (level > alert.urgency or alert.contacted_at is not None)
        said = {"instrument": instrument, "level": max(level, highest)}
        alert = _raise(client, alert, now, said, anew=anew)
    RiskStep.objects.create(alert=alert, kind=Kind.ANSWERED, level=level, sheet=sheet)
    event_record(by=by, verb="risk_alert_report", of=alert, clinic_id=alert.clinic_id)
    return alert


@transaction.atomic(durable=True)
def call_request(*, client: Client, number: str, sheet: UUID, by: Actor) -> RiskAlert:
    """Store that a client asks to be called, once for each form (`sheet`), before anybody is notified.

    It is as urgent as the highest answer. Who acts on the alert that stands is asked anew where it becomes
    more urgent by this, after they were in touch, and where they took note of an answer alone.
    """
    now = _lock(client)
    asked = RiskStep.objects.filter(alert__client=client, sheet=sheet, kind=Kind.CALL_ASKED)
    if (known := asked.select_related("alert").first()) is not None:
        return known.alert
    alert = _unclosed(client)
    is_anew = alert is not None and (
        alert.urgency < CALL_ASKED
        or alert.contacted_at is not None
        or (alert.call_asked_at is None and alert.acknowledged_at is not None)
    )
    said = {"call_asked_at": now, "call_number": number or (alert.call_number if alert else "")}
    alert = _raise(client, alert, now, said, anew=is_anew)
    RiskStep.objects.create(alert=alert, kind=Kind.CALL_ASKED, sheet=sheet)
    event_record(by=by, verb="call_request", of=alert, clinic_id=alert.clinic_id)
    return alert


def _unclosed(client: Client) -> RiskAlert | None:
    """Locked: whoever closes it at this moment has either done so, or finds that it has moved on."""
    return RiskAlert.objects.unclosed().select_for_update().filter(client=client).first()


def _raise(
    client: Client, alert: RiskAlert | None, now: datetime, said: Mapping[str, Any], *, anew: bool
) -> RiskAlert:
    """Let this be said by the alert that stands, or by a new one; `anew`: whoever acts begins again."""
    if alert is None:
        alert = RiskAlert(clinic=client.clinic, client=client, **said)
        anew = True
    for name, value in said.items():
        setattr(alert, name, value)
    if anew:
        begun = dict.fromkeys(f"{step}_{end}" for step in STEPS for end in ("at", "by"))
        for name, value in (begun | _deadlines_from(client, alert.urgency, now)).items():
            setattr(alert, name, value)
    alert.save()
    return alert


def _lock(client: Client) -> datetime:
    """Two tabs report one after the other; returns the database's time."""
    locked = Client.objects.select_for_update(of=("self",)).annotate(now=Now()).filter(pk=client.pk)
    return locked.values_list("now", flat=True).get()


def _deadlines_from(client: Client, level: int, now: datetime) -> dict[str, Any]:
    hours = CrisisCare.objects.for_clinic(client.clinic).hours
    return {
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
