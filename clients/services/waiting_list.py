"""The waiting list of a therapist: in turn, and notified by mail as places come free."""

from django.db import transaction
from django.db.models.functions import Now

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record, events_record
from clients.models import Client, Wait
from clients.models.wait import RESERVATION_LASTS
from clients.news import mail_news
from clients.selectors import with_capacity
from therapists.models import Therapist


@transaction.atomic
def wait_begin(*, client: Client, therapist: Therapist, by: Actor) -> None:
    """Wait; whoever waits already keeps their turn."""
    wait, new = Wait.objects.get_or_create(client=client, therapist=therapist)
    if new:
        event_record(by=by, verb="wait_begin", of=wait, clinic_id=client.clinic_id)


@transaction.atomic
def wait_end(*, client: Client, therapist: Therapist, by: Actor) -> None:
    """Wait no more."""
    for wait in Wait.objects.filter(client=client, therapist=therapist):
        event_record(by=by, verb="wait_end", of=wait, clinic_id=client.clinic_id)
        wait.delete()


@transaction.atomic
def reservations_expire(*, by: Actor) -> int:
    """Write down whose time to ask is over, so that others are suggested this place; returns how many."""
    lapsed = Wait.objects.lapsed().select_for_update(of=("self",), no_key=True).order_by("pk")
    rows = list(lapsed.values_list("pk", "client__clinic_id"))
    if rows:
        Wait.objects.filter(pk__in=[pk for pk, _ in rows]).update(reserved_until=None)
        events_record(by=by, verb="reservations_expire", of=Wait, rows=rows)
    return len(rows)


def waits_notify(*, by: Actor) -> None:
    """Notify as many as there are places, the longest waiting first; each place is theirs for three days."""
    waiting = Wait.objects.to_notify().values("therapist")
    for pk in Therapist.objects.listed().filter(pk__in=waiting).values_list("pk", flat=True):
        _notify_in_turn(pk, by)


@transaction.atomic
def _notify_in_turn(pk: int, by: Actor) -> None:
    Therapist.objects.select_for_update(no_key=True).get(pk=pk)  # two workers must not offer one place twice
    therapist = with_capacity(Therapist.objects.filter(pk=pk)).get()
    places = therapist.places_left(therapist.caseload + len(set(therapist.reserved_for)))
    waiting = (
        Wait.objects.filter(therapist=therapist).to_notify().select_related("client__user", "client__clinic")
    )
    for wait in waiting[:places]:
        people = [wait.client.user] if wait.client.user else []
        if mail_news(people, "introductions", clinic=wait.client.clinic):
            Wait.objects.filter(pk=wait.pk).update(
                notified_at=Now(), reserved_until=Now() + RESERVATION_LASTS
            )
            event_record(by=by, verb="waits_notify", of=wait, clinic_id=therapist.clinic_id)
