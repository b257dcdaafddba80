"""Reads about clients: who asks, which hours are free, and for whom places are reserved."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, Func, Max, OuterRef
from django.http import Http404
from django.utils import timezone

from alliance_match.accounts.models import Role
from alliance_match.accounts.prepared_rows import Given, PreparedRows
from alliance_match.accounts.related_rows import annotate_with, keep_annotated
from alliance_match.accounts.roles import RoleRequest
from clients.models import Client, Episode, Introduction, Switch, Wait
from clients.models.client import ClientQuerySet
from clients.models.episode import EpisodeQuerySet
from therapists.available_hours import Hour, coming_hours
from therapists.models import Therapist, TherapistQuerySet

STYLES = "style_preferences"


def own_client(
    request: RoleRequest, *, joined: Collection[str] = (), related: Collection[str] = ()
) -> Client:
    """The client who asks, in the clinic they speak for; one query. Raises Http404.

    With intake and style preferences, and with what else is named: single rows (`joined`), and relations with
    many (`related`). `requested_ids`: keys of the therapists whose answer they await; `switching_from`: names
    of those they see while they search for somebody else; `ending_on_switch`: those whose care ends then.
    """
    clients = _clients_with(tuple(joined), tuple(related))
    found = clients(clinic=request.membership.clinic_id, user=request.user.pk)
    if not found:
        raise Http404
    (client,) = keep_annotated(found, STYLES, *related)
    client.clinic, client.user = request.membership.clinic, request.membership.user
    return client


@cache
def _clients_with(joined: Sequence[str], related: Sequence[str]) -> PreparedRows[Client]:
    return PreparedRows(lambda: annotate_with(_own_clients(joined), STYLES, *related))


def _own_clients(joined: Sequence[str]) -> ClientQuerySet:
    awaited = Introduction.objects.open().filter(client=OuterRef("pk")).order_by().values("therapist")
    left = Switch.objects.under_way(OuterRef("pk")).values("episode__therapist__name")
    here = Client.objects.in_clinic(Given("clinic")).filter(user=Given("user"))
    return here.select_related("intake", *joined).annotate(  # type: ignore[no-redef]
        requested_ids=ArraySubquery(awaited),
        switching_from=ArraySubquery(left),
        ending_on_switch=ArraySubquery(left.filter(ends_episode=True)),
    )


def logged_episodes(request: RoleRequest) -> EpisodeQuerySet:
    """Open care that is logged by whoever asks: a therapist's own; an admin's is that of therapists who
    cannot log in."""
    here = Episode.objects.in_clinic(request.membership.clinic).open()
    whose = None if request.membership.role == Role.ADMIN else request.user
    own = here.filter(therapist__user=whose).select_related("client__user", "therapist")
    return own.annotate(session_count=Count("sessions"), last_on=Max("sessions__held_on"))


def free_hours(therapist: Therapist, zone: ZoneInfo, *, moving: Introduction | None = None) -> list[Hour]:
    """A therapist's coming hours in which no first meeting is agreed on, but for the one that moves."""
    agreed = Introduction.objects.agreed_with(therapist).upcoming()
    others = agreed.exclude(pk=moving.pk) if moving else agreed
    busy = [(begins, ends) for begins, ends in others.values_list("starts_at", "ends_at") if begins and ends]
    hours = coming_hours(therapist.slots.all(), timezone.now(), zone)
    return [hour for hour in hours if not _overlaps(hour, busy)]


def _overlaps(hour: Hour, busy: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(starts < hour.ends_at and hour.starts_at < ends for starts, ends in busy)


class Capacity(NamedTuple):
    """How many clients a therapist has in care, and for which others a place is reserved."""

    caseload: int
    reserved_for: Collection[int]


def with_capacity(therapists: TherapistQuerySet) -> TherapistQuerySet:
    """Each with `caseload` and `reserved_for`.

    A place is held for whom it was offered to from the waiting list, and then while their request is open.
    """
    offered = Wait.objects.offered().filter(therapist=OuterRef("pk")).order_by()
    asked = Introduction.objects.reserving().filter(therapist=OuterRef("pk")).order_by()
    arrays = [ArraySubquery(rows.values("client")) for rows in (offered, asked)]
    reserved_for = Func(*arrays, function="ARRAY_CAT", output_field=ArrayField(BigIntegerField()))
    return therapists.with_caseload().annotate(reserved_for=reserved_for)  # type: ignore[no-redef]


def capacity_by_therapist(therapists: Iterable[Therapist]) -> dict[int, Capacity]:
    """The capacity of each, by key, as they were read `with_capacity()`."""
    return {one.pk: Capacity(one.caseload, one.reserved_for) for one in therapists}
