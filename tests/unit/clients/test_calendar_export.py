"""A calendar takes the file, finds the hour in it, and learns nothing else."""

from datetime import timedelta

from icalendar import Calendar

from alliance_match.audit.actors import SystemActor
from clients.calendar_export import calendar_file
from clients.services import introduction_move
from tests.cast import NOON, make_meeting
from therapists.available_hours import Hour


def test_the_agreed_hour_is_in_it(cleo, mara):
    (event,) = Calendar.from_ical(calendar_file(make_meeting(cleo, mara))).walk("VEVENT")

    assert (event.start, event.end) == NOON[:2]


def test_it_names_nobody(cleo, mara):
    text = calendar_file(make_meeting(cleo, mara, note="I cannot sleep")).decode()

    assert not any(word in text for word in ("Cleo", "Mara", "Linden", "sleep", "herap"))


def test_the_same_meeting_stays_the_same_event(cleo, mara):
    meeting = make_meeting(cleo, mara)

    assert calendar_file(meeting) == calendar_file(meeting)


def test_a_meeting_that_moved_takes_the_place_of_the_one_before(cleo, mara):
    meeting = make_meeting(cleo, mara)
    (before,) = Calendar.from_ical(calendar_file(meeting)).walk("VEVENT")
    later = Hour(NOON.starts_at + timedelta(days=1), NOON.ends_at + timedelta(days=1))
    introduction_move(introduction=meeting, hour=later, by=SystemActor.COMMAND)
    meeting.refresh_from_db()
    (after,) = Calendar.from_ical(calendar_file(meeting)).walk("VEVENT")

    assert after["uid"] == before["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert (after.start, after.end) == later[:2]
