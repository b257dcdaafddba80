"""A client asks, sees what becomes of it, and reads every refusal beside what it is about."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from alliance_match.audit.actors import SystemActor
from clients.models import EpisodeEnding, Introduction, Wait
from clients.services import introduction_accept, introduction_call_off, introduction_decline, switch_begin
from tests.cast import NOON, make_introduction, make_meeting

FAR = timezone.localdate() + timedelta(days=20)
OWN = {"day_1": f"{FAR}", "from_1": "14:00", "until_1": "16:00"}


@pytest.fixture
def slot(mara):
    """An hour that Mara has free every week; two of them come within a fortnight."""
    return every_week(mara, 3)


def every_week(mara, days):
    weekday = (timezone.localdate() + timedelta(days=days)).weekday()
    return mara.slots.create(weekday=weekday, starts=time(9), ends=time(9, 50), format="in_person")


@pytest.fixture
def send(as_client, mara):
    """A function that posts the form with which Cleo asks Mara."""
    return lambda **fields: as_client.post(reverse("ask", args=[mara.pk]), fields)


def offered(as_client, mara):
    """The codes of the hours that the form offers."""
    page = as_client.get(reverse("ask", args=[mara.pk]))
    return [code for code, _words in page.context["form"].fields["hours"].choices]


def test_an_hour_of_the_therapists_is_asked_for(as_client, send, slot, mara):
    _first, second = offered(as_client, mara)

    answer = send(hours=[second], note="Hello", shows_concerns="on")

    assert answer.url == reverse("introductions")
    asked = Introduction.objects.get()
    assert (asked.note, asked.shows_concerns, asked.hours.get().format) == ("Hello", True, "in_person")
    assert asked.hours.get().starts_at > timezone.now() + timedelta(days=7)


def test_hours_of_ones_own_are_the_clinics_time(send):
    send(**OWN)

    (hour,) = Introduction.objects.get().hours.all()
    assert hour.starts_at.astimezone(ZoneInfo("Europe/Berlin")).hour == 14
    assert not hour.is_offered


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({}, "day_1", "at least one hour"),
        (OWN | {"note": "🙂🙂"}, "note", "a word or two"),
        (OWN | {"note": "x" * 1001}, "note", "at most 1000"),
        ({"day_1": "soon", "from_1": "14:00", "until_1": "15:00"}, "day_1", "not a day"),
        (OWN | {"until_1": "late"}, "until_1", "not a time"),
        (OWN | {"until_1": ""}, "until_1", "missing"),
        (OWN | {"until_1": "14:30"}, "until_1", "50 minutes"),
        (OWN | {"until_1": "13:00"}, "until_1", "50 minutes"),
        (OWN | {"day_1": "2020-01-01"}, "day_1", "over already"),
        (OWN | {"day_1": "2099-01-01"}, "day_1", "too far away"),
        (OWN | {"day_1": "0001-01-01", "from_1": "00:00", "until_1": "02:00"}, "day_1", "over already"),
        (OWN | {"day_1": "9999-12-31", "until_1": "23:59"}, "day_1", "too far away"),
        (OWN | {"day_1": "2027-03-28", "from_1": "02:30"}, "from_1", "clocks skip"),
        (OWN | {"note": "a\0b"}, "note", "Null characters"),
        (OWN | {"day_1": "\0"}, "day_1", "not a day"),
    ],
)
def test_what_is_amiss_is_explained_beside_its_field_and_nothing_is_lost(send, fields, field, words):
    answer = send(**fields)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert words in answer.context["form"].errors[field][0]
    assert answer.context["form"]["note"].value() == fields.get("note")
    assert not Introduction.objects.exists()


def test_four_hours_are_one_too_many(as_client, send, slot, mara):
    every_week(mara, 4)

    answer = send(hours=offered(as_client, mara))

    assert "Three hours" in answer.context["form"].errors["hours"][0]


def test_an_hour_that_somebody_else_got_is_not_offered(as_client, send, slot, mara, wim):
    codes = offered(as_client, mara)
    taken = as_client.get(reverse("ask", args=[mara.pk])).context["form"].offered[codes[0]]
    introduction_accept(
        introduction=make_introduction(wim, mara, hours=[taken]), hour=taken, by=SystemActor.COMMAND
    )

    assert offered(as_client, mara) == codes[1:]
    assert "not free any more" in send(hours=[codes[0]]).context["form"].errors["hours"][0]


def test_a_second_post_makes_no_second_request(send, mara):
    send(**OWN)

    assert send(**OWN).url == reverse("introductions")
    assert Introduction.objects.count() == 1


def test_one_who_stopped_accepting_in_between_is_named_and_nothing_is_stored(send, mara):
    mara.accepting = False
    mara.save()

    answer = send(**OWN)

    assert answer.status_code == 422
    assert "No new clients can be taken here" in answer.content.decode()
    assert not Introduction.objects.exists()


def test_what_brings_one_is_shown_only_where_one_says_so(send, as_therapist):
    send(**OWN)

    page = as_therapist.get(reverse("request", args=[Introduction.objects.get().pk])).content.decode()

    assert "What brings them" not in page


def called_off(asked, by_client):
    introduction_accept(introduction=asked, hour=NOON, by=SystemActor.COMMAND)
    introduction_call_off(introduction=asked, by_client=by_client, by=SystemActor.COMMAND)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda asked: None, "An answer comes by"),
        (
            lambda asked: introduction_decline(introduction=asked, reason="no_room", by=SystemActor.COMMAND),
            "no room for somebody",
        ),
        (
            lambda asked: introduction_accept(introduction=asked, hour=NOON, by=SystemActor.COMMAND),
            "Monday 7 January, 13:00–13:50",
        ),
        (lambda asked: Introduction.objects.update(expires_at=timezone.now()), "Nobody answered in time"),
        (lambda asked: Introduction.objects.update(state="withdrawn"), "You took this back"),
        (lambda asked: called_off(asked, by_client=True), "You called off the meeting on Monday 7 January"),
        (lambda asked: called_off(asked, by_client=False), "had to be called off"),
    ],
    ids=["waiting", "declined", "accepted", "expired", "withdrawn", "called off", "called off by them"],
)
def test_the_client_reads_what_became_of_it(as_client, cleo, mara, answer, words):
    answer(make_introduction(cleo, mara))

    assert words in as_client.get(reverse("introductions")).content.decode()


def test_a_request_is_withdrawn_once(as_client, cleo, mara):
    asked = make_introduction(cleo, mara)
    path = reverse("withdraw", args=[asked.pk])

    assert "need not explain" in as_client.post(path, follow=True).content.decode()
    assert "answered or taken back" in as_client.post(path, follow=True).content.decode()


def test_an_agreed_meeting_is_called_off_once(as_client, cleo, mara):
    path = reverse("call_off", args=[make_meeting(cleo, mara).pk])
    assert path in as_client.get(reverse("introductions")).content.decode()

    assert "Called off. You need not explain" in as_client.post(path, follow=True).content.decode()
    assert "called off already" in as_client.post(path, follow=True).content.decode()


def test_another_hour_is_asked_for_on_the_page_on_which_one_asks(as_client, send, cleo, mara):
    agreed = make_meeting(cleo, mara)
    path = reverse("ask", args=[mara.pk])
    assert path in as_client.get(reverse("introductions")).content.decode()
    page = as_client.get(path).content.decode()
    assert "calls that off and asks for another hour" in page
    assert f'name="instead_of" value="{agreed.pk}"' in page

    send(**OWN, instead_of=agreed.pk)

    agreed.refresh_from_db()
    assert agreed.state == "client_off"
    assert Introduction.objects.open().get().therapist == mara


def test_a_refused_form_calls_nothing_off(send, cleo, mara):
    agreed = make_meeting(cleo, mara)
    assert send(**OWN | {"until_1": "", "instead_of": agreed.pk}).status_code == 422

    agreed.refresh_from_db()
    assert agreed.state == "accepted"


def test_a_form_that_comes_again_after_the_yes_calls_nothing_off(send, cleo, mara):
    send(**OWN)
    introduction_accept(introduction=Introduction.objects.get(), hour=NOON, by=SystemActor.COMMAND)

    assert send(**OWN).url == reverse("introductions")
    assert Introduction.objects.get().state == "accepted"


def test_once_the_hour_has_come_nothing_is_offered(as_client, cleo, mara):
    agreed = make_meeting(cleo, mara)
    Introduction.objects.update(starts_at=timezone.now())
    page = as_client.get(reverse("introductions")).content.decode()

    for name, key in (("call_off", agreed.pk), ("ask", mara.pk), ("calendar", agreed.pk)):
        assert reverse(name, args=[key]) not in page


def test_nobody_calls_off_for_another(log_in, bea, cleo, mara):
    agreed = make_meeting(cleo, mara)
    assert log_in(bea.user).post(reverse("call_off", args=[agreed.pk])).status_code == 404

    agreed.refresh_from_db()
    assert agreed.state == "accepted"


def test_the_appointment_is_a_file_for_a_calendar(as_client, cleo, mara):
    asked = make_introduction(cleo, mara)
    path = reverse("calendar", args=[asked.pk])
    assert as_client.get(path).status_code == 404
    introduction_accept(introduction=asked, hour=NOON, by=SystemActor.COMMAND)

    answer = as_client.get(path)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert Calendar.from_ical(answer.content).walk("VEVENT")[0].start == NOON.starts_at


def test_a_card_shows_that_one_asked(as_client, cleo, mara):
    path = reverse("therapist", args=[mara.pk])
    assert reverse("ask", args=[mara.pk]) in as_client.get(path).content.decode()

    make_introduction(cleo, mara)

    page = as_client.get(path).content.decode()
    assert "an answer is on its way" in page
    assert reverse("ask", args=[mara.pk]) not in page


def test_where_nobody_is_accepted_one_can_wait_and_stop_waiting(as_client, cleo, mara):
    mara.caseload_cap = 0
    mara.save()
    path = reverse("wait", args=[mara.pk])
    assert path in as_client.get(reverse("ask", args=[mara.pk])).content.decode()

    page = as_client.post(path, {"kind": "wait"}, follow=True).content.decode()
    assert "For whom you wait" in page
    assert "whoever waits longest hears first" in page
    now = timezone.now()
    Wait.objects.update(notified_at=now, reserved_until=now + timedelta(days=1))
    assert "A place is held for you until" in as_client.get(reverse("introductions")).content.decode()
    Wait.objects.update(reserved_until=None)
    assert "A place was held for you" in as_client.get(reverse("introductions")).content.decode()
    assert "For whom you wait" not in as_client.post(path, follow=True).content.decode()


def test_where_the_free_place_is_reserved_for_another_one_can_wait(as_client, cleo, mara, wim):
    mara.caseload_cap = 1
    mara.save()
    now = timezone.now()
    Wait.objects.create(client=wim, therapist=mara, notified_at=now, reserved_until=now + timedelta(days=1))

    page = as_client.get(reverse("ask", args=[mara.pk])).content.decode()

    assert "held for somebody who has waited" in page
    assert reverse("wait", args=[mara.pk]) in page


def test_after_two_without_an_answer_the_pages_point_to_others_and_the_office(as_client, cleo, mara):
    path = reverse("ask", args=[mara.pk])
    for again in (True, False):
        make_introduction(cleo, mara)
        Introduction.objects.update(expires_at=timezone.now())
        page = as_client.get(reverse("introductions")).content.decode()
        assert (path in page, "office can help" in page) == (again, not again)

    page = as_client.get(path).content.decode()
    assert "ask the clinic’s office" in page
    assert reverse("suggestions") in page


@pytest.mark.parametrize("agreed", [False, True])
def test_asking_takes_twelve_queries_at_most(as_client, cleo, mara, slot, agreed):
    path = reverse("ask", args=[mara.pk])
    if agreed:
        make_meeting(cleo, mara)
    as_client.get(path)

    with CaptureQueriesContext(connection) as context:
        assert as_client.get(path).context["why"] is None

    assert len(context) <= 12


def test_a_request_says_what_was_sent_until_it_is_answered(as_client, cleo, mara):
    asked = make_introduction(cleo, mara, note="I would like\na quiet hour")

    page = " ".join(as_client.get(reverse("introductions")).text.split())
    assert "What you sent" in page
    assert "Monday 7 January, 13:00–13:50" in page
    assert "I would like<br>a quiet hour" in page

    introduction_decline(introduction=asked, reason="", by=SystemActor.COMMAND)
    assert "a quiet hour" not in as_client.get(reverse("introductions")).text


@pytest.mark.parametrize("by", ["client", "therapist"])
def test_after_a_meeting_called_off_the_care_that_ended_for_it_is_offered(
    as_client, as_therapist, cleo, mara, episode, by
):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=False, by=SystemActor.COMMAND)
    meeting = make_meeting(cleo, mara)
    EpisodeEnding.objects.update(ended_at=timezone.now() - timedelta(days=9))
    if by == "client":
        as_client.post(reverse("call_off", args=[meeting.pk]))
    else:
        as_therapist.post(reverse("request_call_off", args=[meeting.pk]))

    for page in ("introductions", "care"):
        assert (
            "Your care with Pavel Novák ended for a first meeting that was called off"
            in as_client.get(reverse(page)).text
        )
    as_client.post(reverse("ending_undo", args=[episode.pk]))

    assert "called off. If you like" not in as_client.get(reverse("introductions")).text
    assert list(cleo.episodes.open()) == [episode]


def test_what_was_sent_names_the_story_that_went_with_it(as_client, cleo, mara):
    make_introduction(cleo, mara, shows_concerns=True, shows_style=True)

    page = as_client.get(reverse("introductions")).text

    assert "With it: what brings you here." in page
    assert "With it: how you like to work." in page
    assert "what has helped you before" not in page
