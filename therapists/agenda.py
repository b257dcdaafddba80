"""A therapist's weekly hours as days of a calendar."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from therapists.models import Slot

NOTICE = timedelta(days=1)
DAYS = 14


class Hour(NamedTuple):
    """One hour of one day; `format` is empty where it is still open how to meet."""

    starts_at: datetime
    ends_at: datetime
    format: str = ""


def moment(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """That time of that day; None where the clocks skip it. Of an hour that comes twice, the first."""
    local = datetime.combine(day, at, zone)
    real = local.astimezone(UTC).astimezone(zone)
    return local if real.replace(tzinfo=None) == local.replace(tzinfo=None) else None


def coming(slots: Iterable[Slot], now: datetime, zone: ZoneInfo) -> list[Hour]:
    """The hours of the next fortnight that are a day away or more, soonest first."""
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=n) for n in range(DAYS + 1)]
    pairs = [(day, slot) for slot in slots for day in days if day.weekday() == slot.weekday]
    found = (_hour(day, slot, zone) for day, slot in pairs)
    return sorted(hour for hour in found if hour and hour.starts_at >= now + NOTICE)


def _hour(day: date, slot: Slot, zone: ZoneInfo) -> Hour | None:
    starts, ends = moment(day, slot.starts, zone), moment(day, slot.ends, zone)
    return Hour(starts, ends, slot.format) if starts and ends else None
