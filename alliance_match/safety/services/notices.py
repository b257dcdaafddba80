"""Telling those who act on an alert: first who is owed a notice, as rows; then the mails, one by one.

A notice is taken once the mail server has its mail, so a crash in between repeats a mail and loses none.
"""

import logging

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.mail import mail, page_link
from alliance_match.accounts.models import Clinic, Role, User
from alliance_match.safety.deadlines import due
from alliance_match.safety.models import CrisisCare, RiskAlert, RiskNotice

log = logging.getLogger(__name__)


def notices_owe() -> None:
    """Write down whom to tell of alerts that nobody has taken note of, as often as their time runs out."""
    for pk in RiskAlert.objects.to_tell().values_list("pk", flat=True):
        _owe(pk)


@transaction.atomic
def _owe(pk: int) -> None:
    waiting = RiskAlert.objects.to_tell().select_for_update(skip_locked=True, of=("self",))
    alert = waiting.with_now().select_related("clinic").filter(pk=pk).first()
    if alert is None:  # another worker is at it, or has been
        return
    care = CrisisCare.objects.of(alert.clinic)
    overdue = alert.due_at <= alert.now
    waits = set(alert.notices.untaken().values_list("to", flat=True))
    people = [user for user in _listeners(alert, care, overdue=overdue) if user.pk not in waits]
    RiskNotice.objects.bulk_create(RiskNotice(alert=alert, to=user, owed_at=alert.tell_at) for user in people)
    if not people and not waits:
        log.error("there is nobody to tell of an alert")
    again = due(alert.level, alert.now, care.hours) if overdue else alert.due_at
    RiskAlert.objects.filter(pk=pk).update(rounds=F("rounds") + 1, tell_at=again)


def _listeners(alert: RiskAlert, care: CrisisCare, *, overdue: bool) -> list[User]:
    """The owner first; where there is none or nobody took note in time, the back-up and the admins."""
    first = care.answers_first
    people = [first] if first and alert.rounds == 0 else []
    if overdue or first is None:
        people += [care.stands_in] if care.stands_in else []
        people += _admins(alert.clinic)
    return list(dict.fromkeys(people))


def _admins(clinic: Clinic) -> list[User]:
    admins = User.objects.filter(memberships__clinic=clinic, memberships__role=Role.ADMIN, is_active=True)
    return list(admins.order_by("pk"))


def notices_send() -> None:
    """Mail what is owed; what the mail server does not take is tried again by the next sweep, the least tried
    first."""
    for pk in RiskNotice.objects.to_send().order_by("tries", "pk").values_list("pk", flat=True):
        _send(pk)


@transaction.atomic
def _send(pk: int) -> None:
    waiting = RiskNotice.objects.to_send().select_for_update(skip_locked=True, of=("self",))
    notice = waiting.select_related("to").filter(pk=pk).first()
    if notice is None:
        return
    taken = mail(
        notice.to.email,
        notice.to.language,
        _("Please look at something now"),
        "safety/risk_alert_mail.txt",
        link=page_link("care_alerts"),
    )
    tried = {"tries": F("tries") + 1, "tried_at": Now()}
    RiskNotice.objects.filter(pk=pk).update(**tried, **({"taken_at": Now()} if taken else {}))
