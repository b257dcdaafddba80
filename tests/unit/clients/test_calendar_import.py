"""A calendar's past appointments that name a code, each day once, however the calendar writes them."""

import time
from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.calendar_import import CalendarTooLargeError, appointments

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def event(summary="cleo", start="20261102T100000Z", end="20261102T105000Z", **more):
    lines = [f"UID:{more.pop('uid', 'one')}", f"SUMMARY:{summary}", f"DTSTART:{start}"]
    lines += [f"DTEND:{end}"] if end else []
    lines += [f"{name.replace('_', '-').upper()}:{value}" for name, value in more.items()]
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def read(*events, codes=("cleo",), now=NOW):
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *events, "END:VCALENDAR", ""])
    return appointments(text.encode(), codes, now=now, zone=BERLIN)


def days(*events, **options):
    return [one.held_on.isoformat() for one in read(*events, **options)]


def test_it_gives_code_day_and_end():
    [found] = read(event())

    assert found == ("cleo", date(2026, 11, 2), datetime(2026, 11, 2, 10, 50, tzinfo=UTC))


@pytest.mark.parametrize("words", ["cleo", "Cleo", "Session: CLEO", "(cleo)", "cleo, room 3"])
def test_a_code_is_found_as_a_word(words):
    assert days(event(words)) == ["2026-11-02"]


@pytest.mark.parametrize("words", ["cleopatra", "mycleo", "cle", "", "Lunch"])
def test_a_part_of_a_word_is_no_code(words):
    assert days(event(words)) == []


def test_it_reads_the_description_and_the_guests():
    assert days(event("Session", description="with cleo")) == ["2026-11-02"]
    assert days(event("Session", attendee="mailto:cleo@clinic.example")) == ["2026-11-02"]


@pytest.mark.parametrize("code", ["c.1", "a+b", "[x", "ä-7"])
def test_a_code_is_read_literally(code):
    assert days(event(f"with {code} today"), codes=[code]) == ["2026-11-02"]
    assert days(event("with cx1 aab"), codes=[code]) == []


def test_what_is_not_over_is_left_out():
    assert days(event(start="20261120T113000Z", end="20261120T122000Z")) == []
    assert days(event(start="20261201T100000Z", end="20261201T105000Z")) == []


def test_what_was_called_off_is_left_out():
    assert days(event(status="CANCELLED")) == []


def test_a_weekly_appointment_is_each_past_week():
    weekly = event(rrule="FREQ=WEEKLY", exdate="20261109T100000Z")

    assert days(weekly) == ["2026-11-02", "2026-11-16"]


def test_a_rule_that_ends_is_followed_to_its_end():
    assert days(event(rrule="FREQ=WEEKLY;UNTIL=20261110T000000Z")) == ["2026-11-02", "2026-11-09"]
    assert days(event(rrule="FREQ=WEEKLY;COUNT=1")) == ["2026-11-02"]


def test_one_week_moved_to_another_day_is_on_that_day():
    moved = event(start="20261111T100000Z", end="20261111T105000Z", recurrence_id="20261109T100000Z")

    assert days(event(rrule="FREQ=WEEKLY"), moved) == ["2026-11-02", "2026-11-11", "2026-11-16"]


def test_the_day_is_the_clinics():
    late = event(start="20261102T233000Z", end="20261103T002000Z")

    assert days(late) == ["2026-11-03"]


def test_a_whole_day_has_no_end():
    [found] = read(event(start="20261102", end=None).replace("DTSTART:", "DTSTART;VALUE=DATE:"))

    assert (found.held_on, found.ends_at) == (date(2026, 11, 2), None)


def test_the_same_day_twice_is_one_session():
    assert days(event(), event(uid="two", start="20261102T140000Z", end="20261102T145000Z")) == ["2026-11-02"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=DAILY;COUNT=1;UNTIL=99991231T000000Z",
    ],
)
def test_a_rule_without_measure_ends(rule):
    assert len(days(event(start="19700101T000000Z", end="19700101T000001Z", rrule=rule))) == 1


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU",
            ["2026-11-02", "2026-11-04", "2026-11-16", "2026-11-18"],
        ),
        ("FREQ=DAILY;INTERVAL=14", ["2026-11-02", "2026-11-16"]),
        ("FREQ=DAILY;BYDAY=MO", ["2026-11-02", "2026-11-09", "2026-11-16"]),
        ("FREQ=MONTHLY;BYDAY=1MO", ["2026-11-02"]),
    ],
)
def test_it_follows_the_rules_of_calendar_programs(rule, expected):
    assert days(event(rrule=rule)) == expected


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=2", "FREQ=MONTHLY;BYDAY=+1FR"])
def test_a_monthly_appointment_is_each_past_month(rule):
    monthly = event(start="20261002T100000Z", end="20261002T105000Z", rrule=rule)

    assert days(monthly)[0] == "2026-10-02"
    assert len(days(monthly)) == 2


NEVER = {"start": "00020101T000000", "end": None, "rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}
DAILY = {"start": "20170101T000000Z", "end": None, "rrule": "FREQ=DAILY"}


@pytest.mark.parametrize(
    "events",
    [
        [event(**NEVER)] * 2_000,
        [event(**NEVER | {"start": "20200101T000000"})] * 2_000,
        [event(**DAILY)] * 2_000,
        [event(**DAILY, duration="P4000D")] * 2_000,
        [event(**DAILY | {"rrule": "FREQ=DAILY;INTERVAL=7;BYDAY=MO"})] * 2_000,
        [event(**DAILY | {"rrule": "FREQ=MONTHLY;INTERVAL=84;BYDAY=5MO"})] * 2_000,
        [event(rdate=",".join(["20261102T100000Z"] * 100_000))],
        [event(x="1\r\nX:".join("1" * 400_000))],
        [event(description="code-39x " * 200_000)],
        ["BEGIN:VEVENT\r\nEND:VEVENT"] * 70_000,
        ["BEGIN:VEVENT"] * 5_000 + ["END:VEVENT"] * 5_000,
        ["BEGIN:VTIMEZONE"] * 100_000,
    ],
)
def test_no_file_takes_long(events):
    begun = time.process_time()
    with suppress(ValueError):
        read(*events, codes=["cleo", *(f"code-{n}" for n in range(40))])

    assert time.process_time() - begun < 2


def test_more_times_than_can_be_shown_are_refused():
    with pytest.raises(CalendarTooLargeError):
        read(*[event(**DAILY)] * 2)


def test_a_made_up_time_zone_is_the_clinics():
    zone = "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nTZOFFSETFROM:+0100\r\n"
    zone += "TZOFFSETTO:+0900\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    there = event(start="20261102T233000", end=None).replace("DTSTART:", "DTSTART;TZID=x:")

    assert days(zone, there) == ["2026-11-02"]


def test_an_alarm_within_an_appointment_is_passed_over():
    alarm = "BEGIN:VALARM\r\nSUMMARY:bea\r\nEND:VALARM\r\nEND:VEVENT"

    assert days(event().replace("END:VEVENT", alarm), codes=["cleo", "bea"]) == ["2026-11-02"]


def test_a_weekly_hour_stays_at_its_hour_when_the_clocks_change():
    starts = event(start="20261019T230000", end="20261019T235000", rrule="FREQ=WEEKLY;COUNT=2")

    assert [one.ends_at.hour for one in read(starts)] == [23, 23]
    assert [one.ends_at.utcoffset().seconds for one in read(starts)] == [7200, 3600]


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"BEGIN:VCALENDAR", b"\xff\xfe", b"BEGIN:VEVENT\r\nEND:VCALENDAR"]
)
def test_what_is_no_calendar_is_refused_or_empty(data):
    with suppress(ValueError):
        assert appointments(data, ["cleo"], now=NOW, zone=BERLIN) == []


@given(data=st.binary(max_size=200))
def test_no_bytes_bring_it_down(data):
    whole = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:" + data + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    with suppress(ValueError):
        appointments(whole, ["cleo"], now=NOW, zone=BERLIN)
