"""A therapist logs sessions of their own care; an admin those of therapists who cannot log in."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clients.forms.session_log import form_value
from clients.models import Episode, Session
from clients.services import CalendarSession
from surveys.models import Response
from tests.cast import FIRST_DAY, make_check_in, make_client, make_episode

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:1
SUMMARY:{code}
DTSTART:{start}
DTEND:{end}
RRULE:FREQ=WEEKLY;COUNT=2
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def marys(linden, mara):
    """Mara's care of Mary: two sessions."""
    return make_episode(make_client(linden, "Mary", status="in_care"), mara, sessions=2)


def upload(text, name="week.ics"):
    return {"file": SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())}


def two_weeks(code="mary"):
    first = timezone.now() - timedelta(days=14)
    return CALENDAR.format(code=code, start=f"{first:%Y%m%dT090000Z}", end=f"{first:%Y%m%dT095000Z}")


def test_ones_own_care_is_listed(as_therapist, marys, episode):
    page = as_therapist.get("/sessions/")

    [listed] = page.context["page_obj"]
    assert (listed, listed.session_count) == (marys, 2)
    assert "2 sessions so far" in page.content.decode()
    assert "hand them a tablet" in page.content.decode()


def test_today_is_logged_in_one_tap(as_therapist, marys):
    page = as_therapist.post(f"/sessions/{marys.pk}/today/", follow=True)

    assert b"Logged: session 3" in page.content
    assert marys.sessions.get(number=3).held_on == timezone.localdate(timezone=marys.clinic.zone)
    assert b"today is logged" in as_therapist.get("/sessions/").content


def test_two_taps_log_one_session_and_say_so(as_therapist, marys):
    as_therapist.post(f"/sessions/{marys.pk}/today/")
    page = as_therapist.post(f"/sessions/{marys.pk}/today/", follow=True)

    assert b"logged already" in page.content
    assert marys.sessions.count() == 3


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2999-01-01", "still to come"),
        ("2026-01-01", "began after this day"),
        (FIRST_DAY.isoformat(), "logged already"),
        ("yesterday", "This is not a day"),
        ("", "required"),
        ("\x00", "This is not a day"),
    ],
)
def test_a_day_that_cannot_be_is_refused_kindly(as_therapist, marys, day, words):
    page = as_therapist.post(f"/sessions/{marys.pk}/", {"held_on": day})

    assert page.status_code == 422
    assert words in page.content.decode()
    assert marys.sessions.count() == 2


def test_another_day_is_logged(as_therapist, marys):
    as_therapist.post(f"/sessions/{marys.pk}/", {"held_on": "2026-05-04"})

    assert marys.sessions.get(number=3).held_on.isoformat() == "2026-05-04"


def test_a_mistake_is_undone_and_what_was_answered_stays(as_therapist, marys):
    as_therapist.post(f"/sessions/{marys.pk}/today/")
    mistaken = marys.sessions.get(number=3)

    make_check_in(mistaken)
    refused = as_therapist.post(f"/sessions/held/{mistaken.pk}/undo/", follow=True)
    assert b"it has to stay" in refused.content
    Response.objects.all().delete()
    mistaken.alliance_ratings.all().delete()
    undone = as_therapist.post(f"/sessions/held/{mistaken.pk}/undo/", follow=True)

    assert b"Taken out of the log" in undone.content
    assert marys.sessions.count() == 2


@pytest.mark.parametrize("who", ["as_therapist", "as_admin", "as_client", "as_other_admin"])
def test_anybody_elses_care_looks_like_none(request, who, linden, bea, birch_episode, mara, cleo, marys):
    browser = request.getfixturevalue(who)
    theirs = [birch_episode] if who == "as_therapist" else [birch_episode, marys]

    for one in theirs:
        session = one.sessions.first()
        assert browser.get(f"/sessions/{one.pk}/").status_code == 404
        assert browser.post(f"/sessions/{one.pk}/", {"held_on": "2026-05-04"}).status_code == 404
        assert browser.post(f"/sessions/{one.pk}/today/").status_code == 404
        assert browser.post(f"/sessions/held/{session.pk}/undo/").status_code == 404
    assert Session.objects.count() == 5


def test_an_admin_logs_for_a_therapist_who_cannot_log_in(as_admin, asha, episode, marys):
    assert list(as_admin.get("/sessions/").context["page_obj"]) == [episode]

    as_admin.post(f"/sessions/{episode.pk}/today/")

    assert episode.sessions.get(number=4).logged_by == asha


def test_care_that_ended_is_not_listed(as_therapist, marys):
    Episode.objects.update(ended_on=timezone.localdate())

    assert not as_therapist.get("/sessions/").context["page_obj"].object_list
    assert as_therapist.post(f"/sessions/{marys.pk}/today/").status_code == 404


def test_a_calendar_is_shown_before_anything_is_stored(as_therapist, marys):
    page = as_therapist.post("/sessions/calendar/", upload(two_weeks()))

    found = page.context["found"]
    assert len(found) == 2
    assert Session.objects.count() == 2

    as_therapist.post("/sessions/calendar/log/", {"sessions": [value for value, _one in found]})
    assert [one.number for one in marys.sessions.order_by("held_on")] == [1, 2, 3, 4]
    assert marys.sessions.get(number=4).ends_at is not None


def test_the_same_calendar_twice_adds_nothing(as_therapist, marys):
    for _ in range(2):
        found = as_therapist.post("/sessions/calendar/", upload(two_weeks())).context["found"]
        as_therapist.post("/sessions/calendar/log/", {"sessions": [value for value, _one in found]})

    assert found == []
    assert marys.sessions.count() == 4


@pytest.mark.parametrize("code", ["cleo", "bea", "nobody"])
def test_a_calendar_says_nothing_of_anybody_elses_clients(as_therapist, marys, episode, birch_episode, code):
    page = as_therapist.post("/sessions/calendar/", upload(two_weeks(code)))

    assert page.context["found"] == []
    assert "No session was found" in page.content.decode()


@pytest.mark.parametrize("text", ["", "hello", b"\xff\xfe\x00", "BEGIN:VCALENDAR\n"])
def test_what_is_no_calendar_is_refused_in_words(as_therapist, marys, text):
    page = as_therapist.post("/sessions/calendar/", upload(text))

    assert page.status_code in (200, 422)
    assert Session.objects.count() == 2


@pytest.mark.parametrize(
    "lines",
    [
        "DURATION:P99999999D",
        "DTSTART;TZID=Europe:20260504T090000",
        f"DTSTART;TZID={'x' * 300}:20260504T090000",
    ],
)
def test_a_calendar_that_breaks_its_reader_is_refused_in_words(as_therapist, marys, lines):
    start = "" if "DTSTART" in lines else "DTSTART:20260504T090000Z\n"
    text = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:mary\n{start}{lines}\nEND:VEVENT\nEND:VCALENDAR\n"

    page = as_therapist.post("/sessions/calendar/", upload(text))

    assert page.status_code == 422
    assert "could not be read as a calendar" in page.content.decode()


def test_a_calendar_with_too_much_in_it_is_refused_in_words(as_therapist, marys):
    page = as_therapist.post(
        "/sessions/calendar/", upload(two_weeks().replace("RRULE", "RDATE:,\n" * 20_000))
    )

    assert page.status_code == 422
    assert "Export fewer weeks" in page.content.decode()


def test_a_calendar_beyond_two_megabytes_is_refused(as_therapist, marys):
    page = as_therapist.post("/sessions/calendar/", upload("x" * (2 * 1024 * 1024 + 1)))

    assert page.status_code == 422
    assert "two megabytes" in page.content.decode()


def test_without_a_file_it_asks_for_one(as_therapist, marys):
    assert as_therapist.post("/sessions/calendar/", {}).status_code == 422


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x",
        "1|2|3|4",
        "{other}|2026-05-04|",
        "{own}|2026-13-04|",
        "{own}|2026-05-04|9999-12-31T23:30:00+00:00",
        "{own}|2026-05-04|0001-01-01T00:00:00+23:59",
        "\x00",
    ],
)
def test_a_list_that_is_not_ours_logs_nothing(as_therapist, marys, birch_episode, code):
    ticked = code.format(own=marys.pk, other=birch_episode.pk)

    assert as_therapist.post("/sessions/calendar/log/", {"sessions": ticked}).status_code == 302
    assert Session.objects.count() == 5


def test_an_hour_far_off_the_databases_offsets_is_no_error(as_therapist, marys):
    ticked = f"{marys.pk}|2026-05-04|0001-01-01T00:00:00-23:59"

    assert as_therapist.post("/sessions/calendar/log/", {"sessions": ticked}).status_code == 302


def test_one_day_that_cannot_be_keeps_the_others(as_therapist, marys):
    days = ["2026-05-04", "2999-01-01", FIRST_DAY.isoformat()]
    ticked = [f"{marys.pk}|{day}|" for day in days]

    as_therapist.post("/sessions/calendar/log/", {"sessions": ticked})

    assert marys.sessions.count() == 3


def test_a_session_found_has_a_value_that_reads_back(marys):
    assert form_value(CalendarSession(marys, FIRST_DAY, None)) == f"{marys.pk}|{FIRST_DAY}|"


def test_nobody_is_said_to_be_mailed_who_has_no_address(as_therapist, mara, wim):
    episode = make_episode(wim, mara)

    page = as_therapist.post(reverse("log_today", args=[episode.pk]), follow=True).text

    assert "No address is known for mail" in page
    assert "in an hour" not in page
