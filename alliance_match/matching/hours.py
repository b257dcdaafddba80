"""Whether an hour that a therapist has free lies in the hours that suit a client."""

from collections.abc import Sequence
from datetime import time

import numpy as np
from numpy.typing import NDArray

from alliance_match.vocabulary import Format
from clients.models import Client, Intake, TimeWindow
from therapists.models import Slot, Therapist

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

DAY, WEEK = 24 * 60, 7 * 24 * 60


def in_time(clients: Sequence[Client], therapists: Sequence[Therapist]) -> Bools:
    """Whether some slot of each therapist suits each client, in hours and format: (C, T). Two queries.

    A client who named no hours, and a therapist who named no slots, suit everybody.
    """
    mask = np.ones((len(clients), len(therapists)), dtype=bool)
    free = _free_minutes(clients)
    slots = list(Slot.objects.filter(therapist__in=[one.pk for one in therapists]))
    if not free or not slots:
        return mask
    place = {one.pk: t for t, one in enumerate(therapists)}
    of = np.array([place[slot.therapist_id] for slot in slots])
    begin, end = _ends(slots)
    for c, minutes in free.items():
        inside = minutes[end] - minutes[begin] == end - begin
        fits = inside & _formats(clients[c], slots)
        mask[c, of] = False
        mask[c, of[fits]] = True
    return mask


def _free_minutes(clients: Sequence[Client]) -> dict[int, Ints]:
    """For each client (position) who named hours, how many minutes of the week up to each suit them."""
    place = {client.pk: c for c, client in enumerate(clients)}
    free: dict[int, Ints] = {}
    for window in TimeWindow.objects.filter(client__in=place):
        minutes = free.setdefault(place[window.client_id], np.zeros(WEEK + 1, dtype=np.int64))
        minutes[_minute(window.weekday, window.starts) + 1 : _minute(window.weekday, window.ends) + 1] = 1
    return {c: minutes.cumsum() for c, minutes in free.items()}


def _ends(slots: Sequence[Slot]) -> tuple[Ints, Ints]:
    begin = [_minute(slot.weekday, slot.starts) for slot in slots]
    return np.array(begin), np.array([_minute(slot.weekday, slot.ends) for slot in slots])


def _minute(weekday: int, at: time) -> int:
    return weekday * DAY + at.hour * 60 + at.minute


def _formats(client: Client, slots: Sequence[Slot]) -> Bools:
    intake: Intake | None = getattr(client, "intake", None)
    wanted = intake.formats if intake and intake.formats else Format.values
    return np.array([slot.format in wanted for slot in slots], dtype=bool)
