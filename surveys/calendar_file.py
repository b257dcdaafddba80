"""Past sessions in a calendar that a therapist uploads: appointments that name a client's code."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event, vRecur

# No appointment repeats more often than this, whatever a rule says.
REPEATS = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
MOST_REPEATS = 2_000


class Appointment(NamedTuple):
    """One past appointment; `ends_at` is None where it fills the day."""

    code: str
    held_on: date
    ends_at: datetime | None


def appointments(data: bytes, codes: Iterable[str], *, now: datetime, zone: ZoneInfo) -> list[Appointment]:
    """The appointments of a calendar that are over and name a code, each day once, oldest first.

    Raises ValueError where the file is no calendar.
    """
    patterns = {code: re.compile(rf"(?<!\w){re.escape(code)}(?!\w)", re.IGNORECASE) for code in codes}
    events = [event for event in Calendar.from_ical(data).walk("VEVENT") if event.get("dtstart")]
    moved = {(str(event.get("uid")), _instant(event["recurrence-id"].dt, zone)) for event in events
             if event.get("recurrence-id")}  # fmt: skip
    found: dict[tuple[str, date], Appointment] = {}
    for event in events:
        words = _words(event)
        for code in (code for code, pattern in patterns.items() if pattern.search(words)):
            for held_on, ends_at in _over(event, moved, now, zone):
                found.setdefault((code, held_on), Appointment(code, held_on, ends_at))
    return sorted(found.values(), key=lambda one: (one.held_on, one.code))


def _words(event: Event) -> str:
    if str(event.get("status", "")).upper() == "CANCELLED":
        return ""
    attendees = event.get("attendee", [])
    people = attendees if isinstance(attendees, list) else [attendees]
    named = [word for one in people for word in (str(one), str(one.params.get("CN", "")))]
    return "\n".join([str(event.get("summary", "")), str(event.get("description", "")), *named])


def _over(
    event: Event, moved: set[tuple[str, datetime]], now: datetime, zone: ZoneInfo
) -> Iterator[tuple[date, datetime | None]]:
    """Day and end of each time that an event took place."""
    first = event["dtstart"].dt
    lasts = event.end - event.start
    for starts in _starts(event, now, zone):
        ends_at = starts + lasts
        single = bool(event.get("recurrence-id"))
        if ends_at <= now and (single or (str(event.get("uid")), starts) not in moved):
            yield starts.astimezone(zone).date(), ends_at if isinstance(first, datetime) else None


def _starts(event: Event, now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When it begins, each time it is repeated until now."""
    first = _instant(event["dtstart"].dt, zone)
    excluded = {_instant(day, zone) for day in event.exdates}
    times = {first, *(_instant(one[0] if isinstance(one, tuple) else one, zone) for one in event.rdates)}
    for rule in event.rrules:
        if str(rule.get("FREQ", [""])[0]).upper() in REPEATS:
            times |= set(_repeats(rule, first, now, zone))
    yield from sorted(one for one in times - excluded if one <= now)


def _repeats(rule: vRecur, first: datetime, now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """A rule, followed by the clock on the wall there. It ends now: one that never comes true never would."""
    there = first.tzinfo
    ends = min([now, *(_instant(one, zone) for one in rule.get("UNTIL", []))])
    most = min([MOST_REPEATS, *rule.pop("COUNT", [])])
    rule["UNTIL"] = [ends.astimezone(there).replace(tzinfo=None)]
    repeats: Any = rrulestr(rule.to_ical().decode(), dtstart=first.replace(tzinfo=None))
    return (one.replace(tzinfo=there) for one in islice(repeats, most))


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    """A moment with its zone; what has none is the clinic's time, a day begins at its midnight."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), zone)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
