"""What is written about therapists."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from alliance_match.accounts.mail import mail
from alliance_match.accounts.models import Role
from alliance_match.accounts.services import member_remove
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from therapists.links import accepting_link
from therapists.models import Therapist


@transaction.atomic
def accepting_set(*, therapist: Therapist, accepting: bool, by: Actor) -> None:
    """Say, as of now, whether a therapist takes new clients. Who was away and takes some is back."""
    therapist.accepting = accepting
    therapist.confirmed_at = timezone.now()
    if accepting and therapist.status == Therapist.Status.PAUSED:
        therapist.status, therapist.returns_on = Therapist.Status.ACTIVE, None
    therapist.save(update_fields=["accepting", "confirmed_at", "status", "returns_on"])
    event_record(by=by, verb="accepting_set", of=therapist, clinic_id=therapist.clinic_id)


@transaction.atomic
def log_in_end(*, therapist: Therapist, by: Actor) -> None:
    """Take the log-in of a therapist who leaves: at once, whatever page they have open.

    It is read anew: somebody may have invited them meanwhile.
    """
    found = Therapist.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    user = found.get(pk=therapist.pk).user
    if user is not None:
        member_remove(clinic=therapist.clinic, user=user, role=Role.THERAPIST, by=by)
        Therapist.objects.filter(pk=therapist.pk).update(user=None)


def confirmation_requests_send(*, by: Actor) -> None:
    """Ask by mail who has not said for a week that they still accept clients; whom no mail reached, again."""
    for pk in Therapist.objects.to_ask().order_by("pk").values_list("pk", flat=True):
        _confirmation_request_send(pk, by)


@transaction.atomic
def _confirmation_request_send(pk: int, by: Actor) -> None:
    to_ask = Therapist.objects.to_ask().select_for_update(skip_locked=True, of=("self",), no_key=True)
    therapist = to_ask.select_related("user").filter(pk=pk).first()
    if therapist is None or therapist.user is None:  # another worker is at it, or has been
        return
    user = therapist.user
    text, link = "therapists/still_accepting_mail.txt", accepting_link(therapist)
    if mail(user.email, user.language, gettext_lazy("One question for you"), text, link=link):
        Therapist.objects.filter(pk=pk).update(asked_at=timezone.now())
        event_record(by=by, verb="confirmation_requests_send", of=therapist, clinic_id=therapist.clinic_id)
