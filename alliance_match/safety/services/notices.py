"""Notifying those who act on a risk alert: first whom, as rows; then the mails, one by one.

A notice is sent once the mail server has its mail, so a crash in between repeats a mail and loses none.
"""

import logging

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.mail import mail, page_link
from alliance_match.accounts.models import User
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.safety.deadlines import acknowledge_deadline
from alliance_match.safety.models import CrisisCare, RiskAlert, RiskNotice
from alliance_match.safety.selectors import active_admins

log = logging.getLogger(__name__)


def notices_create(*, by: Actor) -> None:
    """Write down whom to notify of alerts that nobody has taken note of, as often as their time runs out.

    Where somebody else is in charge meanwhile, for the first left or was replaced, they are told at once.
    """
    for pk in RiskAlert.objects.to_notify().values_list("pk", flat=True):
        _notices_create_for(pk, by)


@transaction.atomic
def _notices_create_for(pk: int, by: Actor) -> None:
    waiting = RiskAlert.objects.to_notify().select_for_update(skip_locked=True, of=("self",))
    alert = waiting.with_now().select_related("clinic").filter(pk=pk).first()
    if alert is None:  # another worker is at it, or has been
        return
    care = CrisisCare.objects.for_clinic(alert.clinic)
    overdue = alert.due_at <= alert.now
    is_round = alert.notify_at <= alert.now
    waits = set(alert.notices.unsent().values_list("to", flat=True))
    everybody = _recipients(alert, care, escalated=overdue and is_round)
    people = [user for user in everybody if user.pk not in waits]
    due = min(alert.notify_at, alert.now)
    RiskNotice.objects.bulk_create(RiskNotice(alert=alert, to=user, due_at=due) for user in people)
    if is_round:
        if not everybody:
            log.error("there is nobody to tell of an alert")
        again = acknowledge_deadline(alert.urgency, alert.now, care.hours) if overdue else alert.due_at
        RiskAlert.objects.filter(pk=pk).update(rounds=F("rounds") + 1, notify_at=again)
    event_record(by=by, verb="notices_create", of=alert, clinic_id=alert.clinic_id)


def _recipients(alert: RiskAlert, care: CrisisCare, *, escalated: bool) -> list[User]:
    """Who is in charge and was not told yet; `escalated`: the back-up and the admins, told or not."""
    others = [care.active_backup] if care.active_backup else []
    others += active_admins(alert.clinic)
    in_charge = [care.active_owner] if care.active_owner else others
    told = set(alert.notices.filter(due_at__gte=alert.asked_at).values_list("to", flat=True))
    unnotified = [user for user in in_charge if user.pk not in told]
    return list(dict.fromkeys(unnotified + (others if escalated else [])))


def notices_send(*, by: Actor) -> None:
    """Mail what is due, the least tried first; the next sweep tries again what the mail server refuses."""
    for pk in RiskNotice.objects.to_send().order_by("tries", "pk").values_list("pk", flat=True):
        _notice_send(pk, by)


@transaction.atomic
def _notice_send(pk: int, by: Actor) -> None:
    waiting = RiskNotice.objects.to_send().select_for_update(skip_locked=True, of=("self",))
    notice = waiting.select_related("to", "alert").filter(pk=pk).first()
    if notice is None or notice.to is None:
        return
    accepted = mail(
        notice.to.email,
        notice.to.language,
        _("Please look at something now"),
        "safety/risk_alert_mail.txt",
        link=page_link("care_alerts"),
    )
    tried = {"tries": F("tries") + 1, "tried_at": Now()}
    RiskNotice.objects.filter(pk=pk).update(**tried, **({"sent_at": Now()} if accepted else {}))
    if accepted:
        event_record(by=by, verb="notices_send", of=notice, clinic_id=notice.alert.clinic_id)
