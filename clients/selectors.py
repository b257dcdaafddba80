"""Reads about clients: who asks, which hours are free, and whose places are held."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from django.utils import timezone

from alliance_match.accounts.roles import RoleRequest
from clients.models import Client, Introduction, Wait
from therapists.agenda import Hour, coming
from therapists.models import Therapist


def own_client(request: RoleRequest) -> Client:
    """The client who asks, in the clinic they speak for. Raises Http404 where there is none."""
    own = Client.objects.in_clinic(request.membership.clinic).with_intake().select_related("clinic", "look")
    return get_object_or_404(own, user=request.user)


def free_hours(therapist: Therapist, zone: ZoneInfo, *, moving: Introduction | None = None) -> list[Hour]:
    """A therapist's coming hours in which no first meeting is agreed on, but for the one that moves."""
    agreed = Introduction.objects.agreed_with(therapist).upcoming()
    others = agreed.exclude(pk=moving.pk) if moving else agreed
    taken = [(begins, ends) for begins, ends in others.values_list("starts_at", "ends_at") if begins and ends]
    hours = coming(therapist.slots.all(), timezone.now(), zone)
    return [hour for hour in hours if not _overlaps(hour, taken)]


def _overlaps(hour: Hour, taken: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(starts < hour.ends_at and hour.starts_at < ends for starts, ends in taken)


def held_places(therapists: Iterable[Therapist]) -> list[tuple[int, int]]:
    """Whose places are held: (client, therapist) of each. One query.

    A place is held for whom it was offered to from the waiting list, and while their request is open.
    """
    pair = ("client_id", "therapist_id")
    of = [one.pk for one in therapists]
    offered = Wait.objects.offered().filter(therapist__in=of).order_by().values_list(*pair)
    asked = Introduction.objects.holding().filter(therapist__in=of).order_by().values_list(*pair)
    return list(offered.union(asked))
