"""Past sessions in a calendar that a therapist uploads: appointments that name a client's code."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event, vRecur

# What is read of an event. The rest is not even parsed: a made-up time zone can cost as much as a rule.
READ = {"UID", "SUMMARY", "DESCRIPTION", "ATTENDEE", "STATUS", "DTSTART", "DTEND", "DURATION"}
READ |= {"RECURRENCE-ID", "RRULE", "RDATE", "EXDATE"}
FOLD = re.compile(r"(?:\r?\n)+[ \t]")
MOST_PARTS = 30_000
MOST_TIMES = 5_000

# Rules that are sure to come true again soon: the library walks on to the year 9999 for one that does not.
PLAIN = re.compile(
    r"(?:FREQ=DAILY(?:;INTERVAL=[1-9]\d?|;BYDAY=[A-Z,]+)?"
    r"|FREQ=WEEKLY(?:;INTERVAL=[1-9]\d?)?(?:;BYDAY=[A-Z,]+)?"
    r"|FREQ=MONTHLY(?:;INTERVAL=[1-9]\d?)?(?:;BYDAY=[+-]?[1-4][A-Z]{2})?)(?:;WKST=[A-Z]{2})?"
)
LONGEST_AGO = timedelta(days=3653)


class CalendarTooLargeError(ValueError):
    """There is more in a file than is read at once."""


class Appointment(NamedTuple):
    """One past appointment; `ends_at` is None where it fills the day."""

    code: str
    held_on: date
    ends_at: datetime | None


def appointments(data: bytes, codes: Iterable[str], *, now: datetime, zone: ZoneInfo) -> list[Appointment]:
    """The appointments of a calendar that are over and name a code, each day once, oldest first.

    Raises ValueError where the file is no calendar, CalendarTooLargeError where it holds too much.
    """
    patterns = {code: _whole_word_pattern(code.lower()) for code in codes}
    events = [event for event in _events(data) if event.get("dtstart")]
    moved = {(str(event.get("uid")), _instant(event["recurrence-id"].dt, zone)) for event in events
             if event.get("recurrence-id")}  # fmt: skip
    found: dict[tuple[str, date], Appointment] = {}
    times = 0
    for event in events:
        words = _searchable_text(event).lower()
        named = [code for code, pattern in patterns.items() if pattern.search(words)]
        starts = _past_starts(event, now, zone) if named else []
        times += len(starts) * len(named)
        if times > MOST_TIMES:
            raise CalendarTooLargeError
        for held_on, ends_at in _past_times(event, starts, moved, now, zone):
            for code in named:
                found.setdefault((code, held_on), Appointment(code, held_on, ends_at))
    return sorted(found.values(), key=lambda one: (one.held_on, one.code))


def _events(data: bytes) -> list[Event]:
    text = data.decode("utf-8-sig", "replace").lstrip()
    if text[:15].upper() != "BEGIN:VCALENDAR":
        raise ValueError("no calendar")
    lines = list(_event_lines(FOLD.sub("", text)))
    if sum(1 + line.count(",") + line.count(";") for line in lines) > MOST_PARTS:
        raise CalendarTooLargeError
    whole = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""])
    return list(Calendar.from_ical(whole).walk("VEVENT"))


def _event_lines(text: str) -> Iterator[str]:
    """The lines of events that are read, without what is nested in an event, such as an alarm."""
    depth = 0
    for line in text.replace("\r\n", "\n").split("\n"):
        name = re.split("[:;]", line, maxsplit=1)[0].upper()
        begins = name == "BEGIN" and (depth > 0 or line.strip().upper() == "BEGIN:VEVENT")
        ends = name == "END" and depth > 0
        depth += begins
        if depth == 1 and (begins or ends or name in READ):
            yield line
        depth -= ends


def _whole_word_pattern(word: str) -> re.Pattern[str]:
    """A whole word. What must not stand before it comes last: a search is fast where it begins plainly."""
    literal = re.escape(word)
    return re.compile(rf"{literal}(?!\w)(?<!\w{literal})")


def _searchable_text(event: Event) -> str:
    if str(event.get("status", "")).upper() == "CANCELLED":
        return ""
    attendees = event.get("attendee", [])
    people = attendees if isinstance(attendees, list) else [attendees]
    named = [word for one in people for word in (str(one), str(one.params.get("CN", "")))]
    return "\n".join([str(event.get("summary", "")), str(event.get("description", "")), *named])


def _past_times(
    event: Event, times: list[datetime], moved: set[tuple[str, datetime]], now: datetime, zone: ZoneInfo
) -> Iterator[tuple[date, datetime | None]]:
    """Day and end of each of these times at which an event took place."""
    first = event["dtstart"].dt
    lasts = event.end - event.start
    single = bool(event.get("recurrence-id"))
    for starts in times:
        ends_at = starts + lasts
        if ends_at <= now and (single or (str(event.get("uid")), starts) not in moved):
            yield starts.astimezone(zone).date(), ends_at if isinstance(first, datetime) else None


def _past_starts(event: Event, now: datetime, zone: ZoneInfo) -> list[datetime]:
    """When it begins, each time it is repeated until now."""
    first = _instant(event["dtstart"].dt, zone)
    excluded = {_instant(day, zone) for day in event.exdates}
    times = {first, *(_instant(one[0] if isinstance(one, tuple) else one, zone) for one in event.rdates)}
    for rule in event.rrules[:1]:
        times |= set(_repeated_starts(rule, first, now, zone))
    return sorted(one for one in times - excluded if one <= now)


def _repeated_starts(rule: vRecur, first: datetime, now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """A plain rule, followed by the clock on the wall there until now; none for any other."""
    there = first.tzinfo
    ends = min([now, *(_instant(one, zone) for one in rule.pop("UNTIL", []))])
    most = min([MOST_TIMES, *rule.pop("COUNT", [])])
    if rule.get("BYMONTHDAY") == [first.day]:
        del rule["BYMONTHDAY"]
    text = rule.to_ical().decode()
    if not PLAIN.fullmatch(text) or first < now - LONGEST_AGO:
        return iter(())
    until = ends.astimezone(there).replace(tzinfo=None)
    repeats: Any = rrulestr(f"{text};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=first.replace(tzinfo=None))
    return (one.replace(tzinfo=there) for one in islice(repeats, most))


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    """A moment with its zone; what has none is the clinic's time, a day begins at its midnight."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), zone)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
