"""A therapist reads a request without any prediction, and answers it while it is open."""

import pytest
from django.urls import reverse

from clients.models import Episode, Introduction
from tests.cast import NOON, make_introduction
from therapists.available_hours import Hour

State = Introduction.State
SPAN = Hour(NOON.starts_at, NOON.starts_at.replace(hour=16))


@pytest.fixture
def asked(cleo, mara):
    return make_introduction(cleo, mara, note="I cannot sleep", shows_concerns=True)


@pytest.fixture
def span(cleo, mara):
    """A request with four hours in a row, as the client named them."""
    return make_introduction(cleo, mara, hours=[SPAN])


def path_of(introduction):
    return reverse("request", args=[introduction.pk])


def state(introduction):
    introduction.refresh_from_db()
    return introduction.state


def hour_of(introduction):
    return str(introduction.hours.get().pk)


def test_the_inbox_shows_who_waits_and_until_when(as_therapist, asked):
    page = as_therapist.get(reverse("requests")).content.decode()

    assert "Cleo" in page
    assert "answer by" in page


def test_a_request_shows_what_the_client_chose_and_no_estimate(as_therapist, asked):
    page = as_therapist.get(path_of(asked)).content.decode()

    assert "I cannot sleep" in page
    assert "low mood" in page.lower()
    for private in ("likely", "average", "estimate", "points"):
        assert private not in page


def test_agreeing_takes_the_hour(as_therapist, asked):
    answer = as_therapist.post(path_of(asked), {"accept": "1", "hour": hour_of(asked)})

    assert answer.url == reverse("requests")
    assert state(asked) == State.ACCEPTED
    assert asked.starts_at == NOON.starts_at


def test_within_several_hours_the_beginning_is_chosen(as_therapist, span):
    fields = {"accept": "1", "hour": hour_of(span), "at": "15:30", "format": "in_person"}

    as_therapist.post(path_of(span), fields)

    assert state(span) == State.ACCEPTED
    assert (span.starts_at.hour, span.starts_at.minute) == (14, 30)  # Berlin is an hour ahead
    assert span.ends_at - span.starts_at == NOON.ends_at - NOON.starts_at


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"hour": ""}, "hour"),
        ({"hour": "999"}, "hour"),
        ({"at": "12:00"}, "at"),
        ({"at": "16:30"}, "at"),
        ({"at": "late"}, "at"),
        ({"format": "by_post"}, "format"),
    ],
)
def test_what_is_amiss_is_explained_beside_its_field(as_therapist, span, fields, field):
    given = {"accept": "1", "hour": hour_of(span), "at": "13:00", "format": "in_person"} | fields

    answer = as_therapist.post(path_of(span), given)

    assert answer.status_code == 422
    assert list(answer.context["accept"].errors) == [field]
    assert state(span) == State.REQUESTED


def test_a_yes_and_a_no_at_once_is_a_yes_that_needs_its_hour(as_therapist, asked):
    answer = as_therapist.post(path_of(asked), {"accept": "1", "decline": "1"})

    assert (answer.status_code, answer.context["accept"].errors) == (422, {"hour": ["Choose an hour."]})
    assert state(asked) == State.REQUESTED


def test_saying_no_needs_no_reason(as_therapist, asked):
    as_therapist.post(path_of(asked), {"decline": "1"})

    assert (state(asked), asked.decline_reason) == (State.DECLINED, "")


def test_an_answer_after_the_client_withdrew_it_says_so(as_therapist, asked):
    Introduction.objects.update(state=State.WITHDRAWN)

    answer = as_therapist.post(path_of(asked), {"accept": "1", "hour": hour_of(asked)}, follow=True)

    assert "answered or taken back" in answer.content.decode()
    assert not Episode.objects.exists()


def test_opening_it_shows_the_client_that_it_was_read(as_therapist, asked):
    assert reverse("request_seen", args=[asked.pk]) in as_therapist.get(path_of(asked)).content.decode()
    assert state(asked) == State.REQUESTED

    as_therapist.post(reverse("request_seen", args=[asked.pk]))

    assert state(asked) == State.SEEN


def test_a_therapist_answers_nobody_elses(as_therapist, cleo, jonas, linden, log_in):
    other = make_introduction(cleo, jonas)

    assert as_therapist.get(path_of(other)).status_code == 404
    assert as_therapist.post(path_of(other), {"decline": "1"}).status_code == 404
    assert state(other) == State.REQUESTED


def test_an_admin_answers_only_for_whoever_cannot_log_in(as_admin, as_other_admin, asked, wim, jonas):
    other = make_introduction(wim, jonas)

    assert "Wim" in as_admin.get(reverse("requests")).content.decode()
    assert as_admin.post(path_of(other), {"decline": "1"}).url == reverse("requests")
    assert as_admin.get(path_of(asked)).status_code == 404
    assert as_other_admin.get(path_of(other)).status_code == 404
    assert state(other) == State.DECLINED
