"""A therapist's weekly hours as days of a calendar."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
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


def moment(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """That time of that day; None where the clocks skip it. Of an hour that comes twice, the first."""
    local = datetime.combine(day, at, zone)
    real = local.astimezone(UTC).astimezone(zone)
    return local if real.replace(tzinfo=None) == local.replace(tzinfo=None) else None


def coming(slots: Iterable[Slot], now: datetime, zone: ZoneInfo) -> list[Hour]:
    """The hours of the next fortnight that are a day away or more, soonest first."""
    return sorted(hour for slot in slots for hour in _hours(slot, now, zone))


def weekly(slots: Iterable[Slot], now: datetime, zone: ZoneInfo) -> list[Hour]:
    """Each slot once, as the next of its hours that is a day away or more, soonest first."""
    return sorted(hour for slot in slots for hour in _hours(slot, now, zone)[:1])


def _hours(slot: Slot, now: datetime, zone: ZoneInfo) -> list[Hour]:
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=n) for n in range(DAYS + 1))
    found = (_hour(day, slot, zone) for day in days if day.weekday() == slot.weekday)
    return [hour for hour in found if hour and hour.starts_at >= now + NOTICE]


def _hour(day: date, slot: Slot, zone: ZoneInfo) -> Hour | None:
    starts, ends = moment(day, slot.starts, zone), moment(day, slot.ends, zone)
    return Hour(starts, ends, slot.format) if starts and ends else None
