"""The waiting list of a therapist: in turn, and notified by mail as places come free."""

from django.db import transaction
from django.db.models.functions import Now

from clients.models import Client, Wait
from clients.models.wait import RESERVATION_LASTS
from clients.selectors import with_capacity
from clients.services.introduction_notices import mail_news
from therapists.models import Therapist


def wait_begin(*, client: Client, therapist: Therapist) -> None:
    """Wait; whoever waits already keeps their turn."""
    Wait.objects.get_or_create(client=client, therapist=therapist)


def wait_end(*, client: Client, therapist: Therapist) -> None:
    """Wait no more."""
    Wait.objects.filter(client=client, therapist=therapist).delete()


def reservations_expire() -> int:
    """Write down whose time to ask is over, so that others are suggested this place; returns how many."""
    return Wait.objects.lapsed().update(reserved_until=None)


def waits_notify() -> None:
    """Notify as many as there are places, the longest waiting first; each place is theirs for three days."""
    waiting = Wait.objects.to_notify().values("therapist")
    for pk in Therapist.objects.listed().filter(pk__in=waiting).values_list("pk", flat=True):
        _notify_in_turn(pk)


@transaction.atomic
def _notify_in_turn(pk: int) -> None:
    Therapist.objects.select_for_update(no_key=True).get(pk=pk)  # two workers must not offer one place twice
    therapist = with_capacity(Therapist.objects.filter(pk=pk)).get()
    places = therapist.places_left(therapist.caseload + len(set(therapist.reserved_for)))
    waiting = Wait.objects.filter(therapist=therapist).to_notify().select_related("client__user")
    for wait in waiting[:places]:
        if mail_news([wait.client.user] if wait.client.user else [], "introductions"):
            Wait.objects.filter(pk=wait.pk).update(
                notified_at=Now(), reserved_until=Now() + RESERVATION_LASTS
            )
