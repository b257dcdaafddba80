"""Mail about introductions: that there is news and where to read it, never what or of whom."""

from django.db import transaction

from alliance_match.accounts.models import Role, User
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Introduction
from clients.news import mail_news

State = Introduction.State
TO_THERAPIST = {State.REQUESTED, State.WITHDRAWN, State.CLIENT_OFF}


def introductions_notify(*, by: Actor) -> None:
    """Mail each side what changed; what the mail server does not accept is tried again by the next sweep.

    A row counts as notified once its mail was accepted, so a crash in between repeats a mail and loses none.
    """
    for pk in Introduction.objects.to_notify().values_list("pk", flat=True):
        _introduction_notify(pk, by)


@transaction.atomic
def _introduction_notify(pk: int, by: Actor) -> None:
    waiting = Introduction.objects.to_notify().select_for_update(skip_locked=True, of=("self",))
    changed = (
        waiting.select_related("client__user", "client__clinic", "therapist__user").filter(pk=pk).first()
    )
    if changed is None:  # another worker is at it, or has been
        return
    page = "requests" if changed.state in TO_THERAPIST else "introductions"
    clinic = changed.client.clinic if page == "introductions" else None
    if mail_news(_recipients(changed), page, asked=changed.state == State.REQUESTED, clinic=clinic):
        Introduction.objects.filter(pk=pk).update(notified_state=changed.state)
        event_record(by=by, verb="introductions_notify", of=changed, clinic_id=changed.clinic_id)


def _recipients(introduction: Introduction) -> list[User]:
    """Whom it concerns; the clinic's admins stand in for a therapist who cannot log in."""
    if introduction.state not in TO_THERAPIST:
        return [introduction.client.user] if introduction.client.user else []
    if introduction.therapist.user:
        return [introduction.therapist.user]
    admins = User.objects.filter(memberships__clinic=introduction.clinic_id, memberships__role=Role.ADMIN)
    return list(admins.order_by("pk"))
