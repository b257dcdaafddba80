"""The week as clients tick it: parts of days, under codes such as `0-morning`."""

from collections.abc import Iterable
from datetime import time
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from alliance_match.vocabulary import Weekday
from therapists.available_hours import Window

PARTS_OF_DAY: dict[str, tuple[Any, time, time]] = {
    "morning": (_("morning"), time(8), time(12)),
    "afternoon": (_("afternoon"), time(12), time(17)),
    "evening": (_("evening"), time(17), time(21)),
}


class PartOfDay(NamedTuple):
    """One part of one day."""

    weekday: int
    starts: time
    ends: time
    words: str


WEEK = {f"{day}-{part}": (day, label, part) for day, label in Weekday.choices for part in PARTS_OF_DAY}


def part_of_week(code: str) -> PartOfDay:
    """The hours and words of a code. Raises KeyError where there is no such part."""
    day, label, part = WEEK[code]
    words, starts, ends = PARTS_OF_DAY[part]
    return PartOfDay(day, starts, ends, f"{label}, {words}")


def part_codes(windows: Iterable[Window]) -> list[str]:
    """The parts of the week that hours touch, in their order."""
    given = list(windows)
    parts = ((code, part_of_week(code)) for code in WEEK)
    return [code for code, part in parts if any(_overlap(part, window) for window in given)]


def _overlap(part: PartOfDay, window: Window) -> bool:
    return part.weekday == window.weekday and part.starts < window.ends and window.starts < part.ends


def week_rows() -> list[tuple[Any, list[tuple[str, str]]]]:
    """Each day with the codes and words of its parts."""
    return [
        (label, [(f"{day}-{part}", part_of_week(f"{day}-{part}").words) for part in PARTS_OF_DAY])
        for day, label in Weekday.choices
    ]
