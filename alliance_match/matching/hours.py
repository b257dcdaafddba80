"""Whether an hour that a therapist has free lies in the hours that suit a client."""

from collections.abc import Collection, Sequence
from datetime import time
from typing import NamedTuple

import numpy as np
from django.db.models import prefetch_related_objects
from numpy.typing import NDArray

from therapists.models import Therapist

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

DAY, WEEK = 24 * 60, 7 * 24 * 60


class Window(NamedTuple):
    """Hours of the week, in the clinic's time zone; days as Python counts them."""

    weekday: int
    starts: time
    ends: time


class Hours:
    """The slots of some therapists (T), by minute of the week. One query, if they were not read before."""

    def __init__(self, therapists: Sequence[Therapist]) -> None:
        prefetch_related_objects(therapists, "slots")
        found = [(t, slot) for t, one in enumerate(therapists) for slot in one.slots.all()]
        slots = [slot for _t, slot in found]
        self._therapists = len(therapists)
        self._of = np.array([t for t, _slot in found], dtype=np.int64)
        self._begin = np.array([_minute(slot.weekday, slot.starts) for slot in slots], dtype=np.int64)
        self._end = np.array([_minute(slot.weekday, slot.ends) for slot in slots], dtype=np.int64)
        self._format = np.array([slot.format for slot in slots], dtype=str)

    def fit(self, windows: Collection[Window], formats: Collection[str]) -> Bools:
        """Who has a slot within the windows, in one of the formats if any is named: (T,).

        Without windows that is everybody; whoever named no slots suits every hour.
        """
        mask = np.ones(self._therapists, dtype=bool)
        if not windows:
            return mask
        free = _minutes(windows)
        inside = free[self._end] - free[self._begin] == self._end - self._begin
        if formats:
            inside &= np.isin(self._format, list(formats))
        mask[self._of] = False
        mask[self._of[inside]] = True
        return mask

    def soonest(self, now: int) -> Ints:
        """Minutes from a minute of the week to each one's next slot, a week where there is none: (T,)."""
        wait = np.full(self._therapists, WEEK)
        np.minimum.at(wait, self._of, (self._begin - now) % WEEK)
        return wait


def _minutes(windows: Collection[Window]) -> Ints:
    """How many minutes of the week, up to each, lie in the windows."""
    inside = np.zeros(WEEK + 1, dtype=np.int64)
    for window in windows:
        begin, end = _minute(window.weekday, window.starts), _minute(window.weekday, window.ends)
        inside[begin + 1 : end + 1] = 1
    return inside.cumsum()


def _minute(weekday: int, at: time) -> int:
    return weekday * DAY + at.hour * 60 + at.minute
