"""Whether an hour that a therapist has free lies in the hours that suit a client."""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import prefetch_related_objects
from numpy.typing import NDArray

from therapists.models import Therapist

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

DAY, WEEK = 24 * 60, 7 * 24 * 60


def minutes_ahead(zone: str, clinic_zone: str, now: datetime) -> int:
    """By how many minutes the clocks of a time zone are ahead of the clinic's at that moment."""
    here, there = (now.astimezone(ZoneInfo(name)).utcoffset() for name in (clinic_zone, zone))
    return 0 if here is None or there is None else round((there - here).total_seconds() / 60)


class Window(NamedTuple):
    """Hours of the week, by the clocks of whoever named them; days as Python counts them."""

    weekday: int
    starts: time
    ends: time


class SlotsByMinute:
    """The slots of some therapists (T), by minute of the week. One query, if they were not read before."""

    def __init__(self, therapists: Sequence[Therapist]) -> None:
        prefetch_related_objects(therapists, "slots")
        found = [(t, slot) for t, one in enumerate(therapists) for slot in one.slots.all()]
        slots = [slot for _t, slot in found]
        self._therapists = len(therapists)
        self._of = np.array([t for t, _slot in found], dtype=np.int64)
        self._begin = np.array([_minute_of_week(slot.weekday, slot.starts) for slot in slots], dtype=np.int64)
        self._end = np.array([_minute_of_week(slot.weekday, slot.ends) for slot in slots], dtype=np.int64)
        self._format = np.array([slot.format for slot in slots], dtype=str)

    def fit(self, windows: Collection[Window], formats: Collection[str], ahead: int = 0) -> Bools:
        """Who has a slot within the windows, in one of the formats if any is named: (T,).

        Without windows that is everybody; whoever named no slots suits every hour. `ahead`: minutes by which
        the clocks of the windows are ahead of the clinic's.
        """
        mask = np.ones(self._therapists, dtype=bool)
        if not windows:
            return mask
        free, length = _minutes_up_to(windows), self._end - self._begin
        begin = (self._begin + ahead) % WEEK
        inside = free[begin + length] - free[begin] == length
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


def _minutes_up_to(windows: Collection[Window]) -> Ints:
    """How many minutes of a week and the next, up to each, lie in the windows: a slot may span its end."""
    inside = np.zeros(WEEK, dtype=np.int64)
    for window in windows:
        inside[
            _minute_of_week(window.weekday, window.starts) : _minute_of_week(window.weekday, window.ends)
        ] = 1
    return np.concatenate([[0], np.tile(inside, 2).cumsum()])


def _minute_of_week(weekday: int, at: time) -> int:
    return weekday * DAY + at.hour * 60 + at.minute
