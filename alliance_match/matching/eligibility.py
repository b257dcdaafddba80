"""The one place that says whom a client may be shown: hard needs, hours, own wishes, pair memory, room."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from django.db.models import Count, Exists, OuterRef
from numpy.typing import NDArray

from alliance_match.matching.constraints import Needs, Offers
from alliance_match.matching.hours import Window
from clients.models import Client, Episode, Introduction, Mark, TimeWindow, Wish
from clients.selectors import held_places
from therapists.models import Therapist, TherapistQuerySet

Bools = NDArray[np.bool_]


def allowed(clients: Sequence[Client], therapists: Sequence[Therapist]) -> Bools:
    """Whether each client may be shown each therapist: (C, T). Eight queries, however many they are."""
    offers = Offers(therapists)
    mask = np.array([offers.fit(needs) for needs in needs_of(clients)], dtype=bool)
    mask = mask.reshape(len(clients), len(therapists))
    return mask & ~_remembered(clients, therapists) & has_room(clients, therapists)


def strangers(client: Client) -> TherapistQuerySet:
    """Whom a client may meet in the lists: listed, new to them, not put aside, and never said no."""
    listed = Therapist.objects.in_clinic(client.clinic).listed()
    met = Episode.objects.filter(client=client, therapist=OuterRef("pk"))
    aside = Mark.objects.filter(client=client, therapist=OuterRef("pk"), kind=Mark.Kind.NOT_FOR_ME)
    declined = Introduction.objects.filter(client=client, therapist=OuterRef("pk")).declined()
    return listed.filter(~Exists(met), ~Exists(aside), ~Exists(declined))


def needs_of(clients: Sequence[Client]) -> list[Needs]:
    """What each client asked for in the intake. Two queries, where the intakes are read already."""
    windows: dict[int, list[Window]] = defaultdict(list)
    for window in TimeWindow.objects.filter(client__in=clients):
        windows[window.client_id].append(Window(window.weekday, window.starts, window.ends))
    wishes: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for wish in Wish.objects.filter(client__in=clients):
        wishes[wish.client_id][wish.attribute] = wish.accepted
    return [_needs(client, wishes[client.pk], windows[client.pk]) for client in clients]


def _needs(client: Client, wishes: Mapping[str, list[str]], windows: Sequence[Window]) -> Needs:
    intake = getattr(client, "intake", None)
    if intake is None:
        return Needs(wishes, windows=windows)
    asked = {"format": intake.formats, "language": intake.languages}
    asked |= {"place": filter(None, [intake.place]), "insurer": filter(None, [intake.insurer])}
    chosen = {name: tuple(values) for name, values in {**asked, **wishes}.items()}
    return Needs({name: values for name, values in chosen.items() if values}, intake.highest_fee, windows)


def has_room(clients: Sequence[Client], therapists: Sequence[Therapist]) -> Bools:
    """Whether each therapist takes clients and has a place for each of these: (C, T). Two queries.

    A place that is held for somebody from the waiting list is taken, for everybody but them.
    """
    client, therapist = _places(clients), _places(therapists)
    open_episodes = Episode.objects.open().filter(therapist__in=therapist).order_by()
    taken = Counter(dict(open_episodes.values_list("therapist_id").annotate(count=Count("pk"))))
    held = held_places(therapists)
    taken.update(of for _holder, of in held)
    room = [one.takes_clients and one.has_room(taken[one.pk]) for one in therapists]
    mask = np.tile(np.array(room, dtype=bool), (len(clients), 1))
    for holder, of in held:
        if holder in client:
            one = therapists[therapist[of]]
            mask[client[holder], therapist[of]] = one.takes_clients and one.has_room(taken[of] - 1)
    return mask


def _places(people: Sequence[Client] | Sequence[Therapist]) -> dict[int, int]:
    """Where each stands, by key."""
    return {one.pk: k for k, one in enumerate(people)}


def _remembered(clients: Sequence[Client], therapists: Sequence[Therapist]) -> Bools:
    """Pairs who are or were in care, of whom the client put the other aside, or of whom the other said no."""
    mask = np.zeros((len(clients), len(therapists)), dtype=bool)
    client, therapist = _places(clients), _places(therapists)
    met = Episode.objects.filter(client__in=client)
    aside = Mark.objects.filter(client__in=client, kind=Mark.Kind.NOT_FOR_ME)
    declined = Introduction.objects.filter(client__in=client).declined().order_by()
    columns = ("client_id", "therapist_id")
    for client_id, therapist_id in chain(*(rows.values_list(*columns) for rows in (met, aside, declined))):
        if therapist_id in therapist:
            mask[client[client_id], therapist[therapist_id]] = True
    return mask
