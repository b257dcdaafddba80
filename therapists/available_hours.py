"""A therapist's weekly hours as days of a calendar."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from alliance_match.vocabulary import Format
from therapists.models import Slot

NOTICE = timedelta(days=1)
DAYS = 14


class Hour(NamedTuple):
    """One hour of one day; `format` is empty where it is still open how to meet."""

    starts_at: datetime
    ends_at: datetime
    format: str = ""

    def get_format_display(self) -> str:
        """How to meet, in words."""
        return str(dict(Format.choices).get(self.format, ""))


class Window(Protocol):
    """Some hours of a day of the week, days as Python counts them."""

    @property
    def weekday(self) -> int:
        """The day."""

    @property
    def starts(self) -> time:
        """When they begin."""

    @property
    def ends(self) -> time:
        """When they end."""


def moment(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """That time of that day; None where the clocks skip it. Of an hour that comes twice, the first."""
    local = datetime.combine(day, at, zone)
    real = local.astimezone(UTC).astimezone(zone)
    return local if real.replace(tzinfo=None) == local.replace(tzinfo=None) else None


def coming_hours(slots: Iterable[Slot], now: datetime, zone: ZoneInfo) -> list[Hour]:
    """The hours of the next fortnight that are a day away or more, soonest first."""
    return sorted(hour for slot in slots for hour in _hours(slot, now, zone))


def next_hour_of_each_slot(slots: Iterable[Slot], now: datetime, zone: ZoneInfo) -> list[Hour]:
    """Each slot once, as the next of its hours that is a day away or more, soonest first."""
    return sorted(hour for slot in slots for hour in islice(_hours(slot, now, zone), 1))


def suiting_first(hours: Iterable[Hour], windows: Collection[Window], zone: tzinfo) -> list[Hour]:
    """The hours that begin in one of the windows, by the clocks of this zone, and then the others."""

    def suits(hour: Hour) -> bool:
        begins = hour.starts_at.astimezone(zone)
        return any(
            one.weekday == begins.weekday() and one.starts <= begins.time() < one.ends for one in windows
        )

    return sorted(hours, key=lambda hour: not suits(hour))


def _hours(slot: Slot, now: datetime, zone: ZoneInfo) -> Iterator[Hour]:
    today = now.astimezone(zone).date()
    first = (slot.weekday - today.weekday()) % 7
    found = (_hour(today + timedelta(days=n), slot, zone) for n in range(first, DAYS + 1, 7))
    return (hour for hour in found if hour and hour.starts_at >= now + NOTICE)


def _hour(day: date, slot: Slot, zone: ZoneInfo) -> Hour | None:
    starts, ends = moment(day, slot.starts, zone), moment(day, slot.ends, zone)
    return Hour(starts, ends, slot.format) if starts and ends else None
