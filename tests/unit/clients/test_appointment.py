"""A calendar takes the file, finds the hour in it, and learns nothing else."""

from icalendar import Calendar

from clients.appointment import calendar_file
from clients.services import introduction_accept
from tests.cast import NOON
from tests.cast import make_introduction as ask


def agreed(client, therapist):
    asked = ask(client, therapist, note="I cannot sleep")
    introduction_accept(introduction=asked, hour=NOON)
    asked.refresh_from_db()
    return asked


def test_it_holds_the_agreed_hour(cleo, mara):
    (event,) = Calendar.from_ical(calendar_file(agreed(cleo, mara))).walk("VEVENT")

    assert (event.start, event.end) == NOON[:2]


def test_it_names_nobody(cleo, mara):
    text = calendar_file(agreed(cleo, mara)).decode()

    assert not any(word in text for word in ("Cleo", "Mara", "Linden", "sleep", "herap"))


def test_the_same_meeting_stays_the_same_event(cleo, mara):
    meeting = agreed(cleo, mara)

    assert calendar_file(meeting) == calendar_file(meeting)
