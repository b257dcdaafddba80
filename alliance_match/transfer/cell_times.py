"""Cells that hold days, moments and hours of the week."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from alliance_match.transfer.cell_types import split_list
from alliance_match.transfer.faults import CellError, figures_only
from alliance_match.vocabulary import Format, Weekday

FIRST_YEAR, LAST_YEAR = 1900, 2199
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
MOMENT = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{CLOCK}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})")
HOURS = re.compile(rf"([A-Za-z]+)\s+({CLOCK})\s*[-–]\s*({CLOCK})(?:\s+(\w+))?")
WEEKDAYS = {day.name.lower(): day.value for day in Weekday} | {
    day.name[:3].lower(): day.value for day in Weekday
}
SHORT = [day.name[:3].capitalize() for day in Weekday]


@dataclass(frozen=True)
class Day:
    """A calendar day."""

    def read(self, cell: str) -> date:
        if not DAY.fullmatch(cell.strip()):
            raise CellError(f"{figures_only(cell)} is not a day written as 2026-03-31")
        try:
            day = date.fromisoformat(cell.strip())
        except ValueError:
            raise CellError(f"there is no day {figures_only(cell)}") from None
        _check_year(day.year)
        return day

    def write(self, value: date) -> str:
        return value.isoformat()


@dataclass(frozen=True)
class Moment:
    """A day and time with its offset from UTC."""

    def read(self, cell: str) -> datetime:
        if not MOMENT.fullmatch(cell.strip()):
            raise CellError(f"{figures_only(cell)} is not a moment written as 2026-03-31T09:30:00Z")
        try:
            moment = datetime.fromisoformat(cell.strip())
        except ValueError:
            raise CellError(f"there is no moment {figures_only(cell)}") from None
        _check_year(moment.year)
        return moment.astimezone(UTC)

    def write(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(f"the year {year} is not from {FIRST_YEAR} to {LAST_YEAR}")


class Hour(NamedTuple):
    """A stretch of one weekday, of every week; `format` is empty where it does not matter."""

    weekday: int
    starts: time
    ends: time
    format: str = ""


@dataclass(frozen=True)
class Hours:
    """Stretches of the week with semicolons between."""

    with_format: bool

    def read(self, cell: str) -> list[Hour]:
        entries = [entry.strip() for entry in split_list(cell)]
        hours = [self._hour(place, entry) for place, entry in enumerate(entries, 1) if entry]
        begins = [hour[:2] for hour in hours]
        if len(set(begins)) < len(begins):
            raise CellError("two entries begin at the same time")
        return sorted(hours)

    def _hour(self, place: int, entry: str) -> Hour:
        found = HOURS.fullmatch(entry)
        if not found or bool(found[4]) != self.with_format:
            example = "Mon 09:00-10:00" + (" telehealth" if self.with_format else "")
            raise CellError(f"entry {place} is not written as {example}")
        if found[1].lower() not in WEEKDAYS:
            raise CellError(f"entry {place}: {figures_only(found[1])} is not a weekday from Mon to Sun")
        if self.with_format and found[4] not in Format.values:
            raise CellError(f"entry {place}: {figures_only(found[4])} is none of {', '.join(Format.values)}")
        try:
            starts, ends = time.fromisoformat(found[2]), time.fromisoformat(found[3])
        except ValueError:
            raise CellError(f"entry {place}: there is no such time of day") from None
        if ends <= starts:
            raise CellError(f"entry {place} ends before it begins")
        return Hour(WEEKDAYS[found[1].lower()], starts, ends, found[4] or "")

    def write(self, value: Sequence[Hour]) -> str:
        return "; ".join(_hour_as_text(hour) for hour in value)


def _hour_as_text(hour: Hour) -> str:
    starts, ends = _time_as_text(hour.starts), _time_as_text(hour.ends)
    return f"{SHORT[hour.weekday]} {starts}-{ends} {hour.format}".rstrip()


def _time_as_text(value: time) -> str:
    return value.strftime("%H:%M") if not (value.second or value.microsecond) else value.isoformat()
