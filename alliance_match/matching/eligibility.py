"""The one place that says whom a client may be shown: hard needs, hours, own wishes, pair memory, room."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
from django.db.models import Value
from django.utils import timezone
from numpy.typing import NDArray

from alliance_match.accounts.models import Clinic
from alliance_match.matching.constraints import Needs, Offers
from alliance_match.matching.hours import Window, minutes_ahead
from clients.models import Client, Episode, Introduction, Mark, TimeWindow, Wish
from clients.selectors import Capacity, capacity_by_therapist, with_capacity
from therapists.models import Therapist, TherapistQuerySet

Bools = NDArray[np.bool_]
# What of a client says whom they know already.
HISTORY = ("episodes", "marks", "introductions")


def eligible_pairs(clients: Sequence[Client], therapists: Sequence[Therapist]) -> Bools:
    """Whether each client may be shown each therapist: (C, T). Seven queries, however many they are."""
    offers = Offers(therapists)
    mask = np.array([offers.fit(needs) for needs in needs_of(clients)], dtype=bool)
    mask = mask.reshape(len(clients), len(therapists))
    these = Therapist.objects.filter(pk__in=[one.pk for one in therapists]).only("pk").order_by()
    places = capacity_by_therapist(with_capacity(these))
    return mask & ~_excluded_pairs(clients, therapists) & has_capacity_for(clients, therapists, places)


def therapists_here(clinic: Clinic | Value, known: Value) -> TherapistQuerySet:
    """Whom a client may meet in the lists, or wait for: whoever works at the clinic, and is not `known`."""
    here = Therapist.objects.in_clinic(clinic).exclude(status=Therapist.Status.LEFT)
    return here.exclude(pk=known)


def known_to(client: Client) -> set[int]:
    """Keys of those in whose care a client is or was, whom they put aside, or who said no.

    Three queries, where `HISTORY` was not read with the client.
    """
    in_care = {one.therapist_id for one in client.episodes.all()}
    aside = {one.therapist_id for one in client.marks.all() if one.kind == Mark.Kind.NOT_FOR_ME}
    declined = {
        one.therapist_id for one in client.introductions.all() if one.state == Introduction.State.DECLINED
    }
    return in_care | aside | declined


def needs_of(clients: Sequence[Client]) -> list[Needs]:
    """What each client asked for in the intake. Two queries, where the intakes are read already."""
    windows: dict[int, list[Window]] = defaultdict(list)
    clocks: dict[int, int] = defaultdict(int)
    zones = ("client__user__time_zone", "client__clinic__time_zone")
    named = TimeWindow.objects.filter(client__in=clients)
    for pk, own, clinics, *hours in named.values_list("client", *zones, "weekday", "starts", "ends"):
        windows[pk].append(Window(*hours))
        clocks[pk] = minutes_ahead(own or clinics, clinics, timezone.now())
    wishes: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for wish in Wish.objects.filter(client__in=clients):
        wishes[wish.client_id][wish.attribute] = wish.accepted
    return [
        replace(_needs(client, wishes[client.pk]), windows=windows[client.pk], ahead=clocks[client.pk])
        for client in clients
    ]


def own_needs(client: Client) -> Needs:
    """The same of one. No query, where hours and wishes were read with the client."""
    windows = [Window(one.weekday, one.starts, one.ends) for one in client.time_windows.all()]
    ahead = minutes_ahead(client.time_zone, client.clinic.time_zone, timezone.now()) if windows else 0
    wishes = {one.attribute: one.accepted for one in client.wishes.all()}
    return replace(_needs(client, wishes), windows=windows, ahead=ahead)


def _needs(client: Client, wishes: Mapping[str, list[str]]) -> Needs:
    intake = getattr(client, "intake", None)
    if intake is None:
        return Needs(wishes)
    asked = {"format": intake.formats, "language": intake.languages}
    asked |= {"place": filter(None, [intake.place]), "insurer": filter(None, [intake.insurer])}
    chosen = {name: tuple(values) for name, values in {**asked, **wishes}.items()}
    return Needs({name: values for name, values in chosen.items() if values}, intake.highest_fee)


def has_capacity_for(
    clients: Sequence[Client], therapists: Sequence[Therapist], places: Mapping[int, Capacity]
) -> Bools:
    """Whether each therapist takes clients and has a place for each of these: (C, T).

    A place that is reserved for somebody from the waiting list is taken, for everybody but them.
    """
    mask = np.zeros((len(clients), len(therapists)), dtype=bool)
    row = _positions(clients)
    for t, one in enumerate(therapists):
        reserved = set(places[one.pk].reserved_for)
        taken = places[one.pk].caseload + len(reserved)
        mask[:, t] = one.takes_clients and one.has_capacity(taken)
        mask[[row[key] for key in reserved & row.keys()], t] = one.takes_clients and one.has_capacity(
            taken - 1
        )
    return mask


def _positions(people: Sequence[Client] | Sequence[Therapist]) -> dict[int, int]:
    """Where each stands, by key."""
    return {one.pk: k for k, one in enumerate(people)}


def _excluded_pairs(clients: Sequence[Client], therapists: Sequence[Therapist]) -> Bools:
    """Pairs who are or were in care, of whom the client put the other aside, or of whom the other said no."""
    mask = np.zeros((len(clients), len(therapists)), dtype=bool)
    client, therapist = _positions(clients), _positions(therapists)
    in_care = Episode.objects.filter(client__in=client)
    aside = Mark.objects.filter(client__in=client, kind=Mark.Kind.NOT_FOR_ME)
    declined = Introduction.objects.filter(client__in=client).declined()
    pairs = [rows.order_by().values_list("client_id", "therapist_id") for rows in (in_care, aside, declined)]
    for client_id, therapist_id in chain(*pairs):
        if therapist_id in therapist:
            mask[client[client_id], therapist[therapist_id]] = True
    return mask
