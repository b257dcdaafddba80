"""Mail about introductions: that there is news and where to read it, never what or of whom."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance_match.accounts.models import Role, User
from clients.models import Introduction

log = logging.getLogger(__name__)
State = Introduction.State
TO_THERAPIST = {State.REQUESTED, State.WITHDRAWN}


def introductions_tell() -> None:
    """Mail each side what changed; what the mail server does not take is tried again by the next sweep.

    A row is told of once its mail has been taken, so a crash in between repeats a mail and loses none.
    """
    for pk in Introduction.objects.untold().values_list("pk", flat=True):
        try:
            _tell(pk)
        except (SMTPException, OSError) as error:
            log.warning("a mail was not sent: %s", type(error).__name__)


@transaction.atomic
def _tell(pk: int) -> None:
    waiting = Introduction.objects.untold().select_for_update(skip_locked=True, of=("self",))
    told = waiting.select_related("client__user", "therapist__user").filter(pk=pk).first()
    if told is None:  # another worker is at it, or has been
        return
    addresses = [user.email for user in _listeners(told)]
    if addresses:
        send_mail(_("News for you"), _text(told), None, addresses)
    Introduction.objects.filter(pk=pk).update(told=told.state)


def _listeners(told: Introduction) -> list[User]:
    """Whom it concerns; the clinic's admins stand in for a therapist who cannot log in."""
    if told.state not in TO_THERAPIST:
        return [told.client.user] if told.client.user else []
    if told.therapist.user:
        return [told.therapist.user]
    admins = User.objects.filter(memberships__clinic=told.clinic_id, memberships__role=Role.ADMIN)
    return list(admins.order_by("pk"))


def _text(told: Introduction) -> str:
    page = reverse("requests" if told.state in TO_THERAPIST else "introductions")
    context = {"link": f"{settings.SITE_URL}{page}", "asked": told.state == State.REQUESTED}
    return render_to_string("clients/introduction_mail.txt", context)
