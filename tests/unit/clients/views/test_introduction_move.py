"""A therapist, or the office for them, moves an agreed meeting or calls it off."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from clients.models import Episode, Introduction
from clients.services import introduction_call_off
from tests.cast import NOON, make_meeting
from therapists.available_hours import Hour

FAR = timezone.localdate() + timedelta(days=20)


@pytest.fixture
def agreed(cleo, mara):
    return make_meeting(cleo, mara)


@pytest.fixture
def slots(mara):
    """Two hours that Mara has free every week."""
    today = timezone.localdate()
    days = [(today + timedelta(days=n)).weekday() for n in (3, 4)]
    return [
        mara.slots.create(weekday=day, starts=time(9), ends=time(9, 50), format="telehealth") for day in days
    ]


@pytest.fixture
def move(as_therapist, agreed):
    """A function that posts the form with which Mara moves her meeting with Cleo."""
    return lambda **fields: as_therapist.post(path_of(agreed), fields)


def path_of(introduction):
    return reverse("move", args=[introduction.pk])


def offered(browser, introduction):
    """The codes of the hours that the form offers."""
    page = browser.get(path_of(introduction))
    return [code for code, _words in page.context["form"].fields["hour"].choices]


def stored(introduction):
    introduction.refresh_from_db()
    return introduction


def test_one_of_the_coming_hours_is_chosen(as_therapist, as_client, move, slots, agreed):
    code = offered(as_therapist, agreed)[1]

    assert move(hour=code).url == reverse("request", args=[agreed.pk])

    moved = stored(agreed)
    assert (moved.starts_at.strftime("%Y%m%dT%H%M"), moved.format, moved.moved) == (code, "telehealth", 1)
    assert "Moved to another hour" in as_client.get(reverse("introductions")).content.decode()


def test_a_day_and_time_are_written_in_the_clinics_time_and_count(as_therapist, move, slots, agreed):
    answer = move(hour=offered(as_therapist, agreed)[0], day=f"{FAR}", at="14:20", format="in_person")

    assert answer.status_code == 302
    moved = stored(agreed)
    assert (timezone.localtime(moved.starts_at).date(), moved.format) == (FAR, "in_person")
    assert moved.ends_at - moved.starts_at == timedelta(minutes=50)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({}, "hour", "Choose an hour"),
        ({"hour": "20200101T0900"}, "hour", "not free any more"),
        ({"day": f"{FAR}"}, "at", "missing"),
        ({"at": "14:20"}, "day", "missing"),
        ({"day": "soon", "at": "14:20"}, "day", "not a day"),
        ({"day": "2020-01-01", "at": "14:20"}, "day", "over already"),
        ({"day": "2099-01-01", "at": "14:20"}, "day", "too far away"),
        ({"day": "0001-01-01", "at": "00:00"}, "day", "over already"),
        ({"day": "9999-12-31", "at": "23:30"}, "day", "too far away"),
        ({"day": "2027-03-28", "at": "02:30"}, "at", "clocks skip"),
        ({"day": f"{FAR}", "at": "14:20", "format": "by_post"}, "format", "by_post"),
    ],
)
def test_what_is_amiss_is_explained_beside_its_field(move, slots, agreed, fields, field, words):
    answer = move(**fields)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert words in answer.context["form"].errors[field][0]
    assert stored(agreed).moved == 0


def test_without_weekly_hours_a_day_and_time_are_written(move, agreed):
    assert list(move().context["form"].errors) == ["day"]
    assert move(day=f"{FAR}", at="14:20").status_code == 302


def test_an_hour_in_which_another_first_meeting_is_agreed_is_not_offered(
    as_therapist, move, slots, agreed, wim, mara
):
    code = offered(as_therapist, agreed)[0]
    begins = datetime.strptime(code, "%Y%m%dT%H%M").replace(tzinfo=UTC)
    half_past = Hour(begins + timedelta(minutes=30), begins + timedelta(minutes=80))
    make_meeting(wim, mara, half_past)

    assert code not in offered(as_therapist, agreed)
    local = half_past.starts_at.astimezone(ZoneInfo(mara.clinic.time_zone))
    answer = move(day=f"{local:%Y-%m-%d}", at=f"{local:%H:%M}")
    assert "taken by another first meeting" in answer.context["form"].non_field_errors()[0]


def test_a_second_click_moves_nothing_more(as_therapist, move, slots, agreed):
    code = offered(as_therapist, agreed)[0]

    assert [move(hour=code).status_code for _ in range(2)] == [302, 302]
    assert stored(agreed).moved == 1


def test_what_the_client_called_off_meanwhile_is_not_moved(as_therapist, move, agreed):
    introduction_call_off(introduction=agreed, by_client=True, by=SystemActor.COMMAND)

    answer = move(day=f"{FAR}", at="14:20")
    assert (answer.status_code, "called off already" in answer.content.decode()) == (422, True)
    assert as_therapist.get(path_of(agreed)).url == reverse("request", args=[agreed.pk])
    page = as_therapist.get(reverse("request", args=[agreed.pk])).content.decode()
    assert "Called off by the client" in page


def test_calling_off_needs_two_steps_and_says_what_it_does(as_therapist, agreed):
    path = reverse("request_call_off", args=[agreed.pk])
    assert path in as_therapist.get(reverse("request", args=[agreed.pk])).content.decode()

    assert "The client is told" in as_therapist.post(path, follow=True).content.decode()
    assert "called off already" in as_therapist.post(path, follow=True).content.decode()
    assert stored(agreed).state == "clinic_off"
    assert not Episode.objects.exists()


def test_meetings_to_come_are_listed_before_what_is_over(as_therapist, agreed, wim, mara):
    over = make_meeting(wim, mara, Hour(NOON.ends_at, NOON.ends_at + timedelta(minutes=50)))
    Introduction.objects.filter(pk=over.pk).update(starts_at=timezone.now())
    page = as_therapist.get(reverse("requests"))

    assert list(page.context["coming"]) == [agreed]
    assert list(page.context["page_obj"]) == [over]
    assert path_of(over) not in as_therapist.get(reverse("request", args=[over.pk])).content.decode()


@pytest.mark.parametrize("name", ["move", "request_call_off"])
def test_only_the_therapist_or_their_stand_in_does(
    name, as_therapist, as_admin, as_other_admin, as_client, agreed, wim, jonas
):
    for_jonas = make_meeting(wim, jonas)
    fields = {"day": f"{FAR}", "at": "14:20"}
    theirs, own = (reverse(name, args=[one.pk]) for one in (for_jonas, agreed))

    for browser, path in (
        (as_therapist, theirs),
        (as_admin, own),
        (as_client, own),
        (as_other_admin, theirs),
    ):
        assert browser.post(path, fields).status_code == 404
    assert as_admin.post(theirs, fields).status_code == 302
    assert (stored(agreed).state, stored(agreed).moved) == ("accepted", 0)
