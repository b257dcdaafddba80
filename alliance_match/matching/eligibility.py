"""The one place that says whom a client may be shown: hard needs, hours, own wishes, pair memory, room."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from alliance_match.matching.hours import in_time
from alliance_match.vocabulary import Format
from clients.models import Client, Episode, Intake, Wish
from therapists.models import Therapist

Bools = NDArray[np.bool_]


def allowed(clients: Sequence[Client], therapists: Sequence[Therapist]) -> Bools:
    """Whether each client may be shown each therapist: (C, T). Five queries, however many they are."""
    mask = np.array([[_meets(_intake(client), one) for one in therapists] for client in clients], dtype=bool)
    mask = mask.reshape(len(clients), len(therapists))
    mask &= _wished(clients, therapists) & in_time(clients, therapists)
    return mask & ~_known_pairs(clients, therapists) & _has_room(therapists)


def _intake(client: Client) -> Intake | None:
    return getattr(client, "intake", None)


def _meets(intake: Intake | None, therapist: Therapist) -> bool:
    if intake is None:
        return True
    return (
        _shares(intake.formats, therapist.formats)
        and _shares(intake.languages, therapist.languages)
        and _affordable(intake, therapist)
        and _reachable(intake, therapist)
    )


def _shares(wanted: list[str], offered: list[str]) -> bool:
    return not wanted or not offered or not set(wanted).isdisjoint(offered)


def _affordable(intake: Intake, therapist: Therapist) -> bool:
    if intake.insurer and intake.insurer in therapist.insurers:
        return True
    lowest = therapist.fee if therapist.lowest_fee is None else therapist.lowest_fee
    return intake.highest_fee is None or (lowest or Decimal(0)) <= intake.highest_fee


def _reachable(intake: Intake, therapist: Therapist) -> bool:
    """A place matters only where the two would have to meet in one."""
    if not intake.place or not therapist.places or intake.place in therapist.places:
        return True
    return all(Format.TELEHEALTH in formats or not formats for formats in (intake.formats, therapist.formats))


def _wished(clients: Sequence[Client], therapists: Sequence[Therapist]) -> Bools:
    mask = np.ones((len(clients), len(therapists)), dtype=bool)
    place = {client.pk: c for c, client in enumerate(clients)}
    for wish in Wish.objects.filter(client__in=place):
        mask[place[wish.client_id]] &= [getattr(one, wish.attribute) in wish.accepted for one in therapists]
    return mask


def _has_room(therapists: Sequence[Therapist]) -> Bools:
    """Which therapists are below their caseload cap; without a cap there is always room."""
    open_episodes = Episode.objects.open().filter(therapist__in=[one.pk for one in therapists])
    load = dict(open_episodes.order_by().values_list("therapist_id").annotate(count=Count("pk")))
    room = [one.caseload_cap is None or load.get(one.pk, 0) < one.caseload_cap for one in therapists]
    return np.array(room, dtype=bool)


def _known_pairs(clients: Sequence[Client], therapists: Sequence[Therapist]) -> Bools:
    """Pairs that are, or were, in care with each other: no suggestion is needed."""
    mask = np.zeros((len(clients), len(therapists)), dtype=bool)
    client, therapist = ({one.pk: k for k, one in enumerate(side)} for side in (clients, therapists))
    pairs = Episode.objects.filter(client__in=client).values_list("client_id", "therapist_id")
    for client_id, therapist_id in pairs:
        if therapist_id in therapist:
            mask[client[client_id], therapist[therapist_id]] = True
    return mask
