"""An agreed meeting is moved or called off while it lies ahead, once, whoever else is at it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.eligibility import eligible_pairs
from clients.models import Episode, Introduction
from clients.services import (
    NotPossibleError,
    introduction_accept,
    introduction_call_off,
    introduction_move,
    request_refusal,
)
from tests import cast
from tests.cast import NOON, make_meeting
from tests.cast import make_introduction as ask
from therapists.available_hours import Hour
from therapists.models import Therapist

State = Introduction.State
LATER = Hour(NOON.starts_at + timedelta(days=1), NOON.ends_at + timedelta(days=1), "telehealth")


@pytest.fixture
def agreed(cleo, mara):
    return make_meeting(cleo, mara)


def let_hour_come(meeting):
    now = timezone.now()
    Introduction.objects.filter(pk=meeting.pk).update(starts_at=now, ends_at=now + timedelta(minutes=50))


def refused(work, **given):
    """Why this was not possible."""
    with pytest.raises(NotPossibleError) as caught:
        work(**given)
    return caught.value.why


def at_once(*works):
    """Does all of it at the same time; returns what became of each, in order."""

    def attempt(work):
        try:
            work()
        except NotPossibleError as error:
            return str(error.why)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(attempt, works))


@pytest.mark.parametrize(("by_client", "state"), [(True, "client_off"), (False, "clinic_off")])
def test_calling_off_frees_hour_and_place(agreed, cleo, wim, mara, by_client, state):
    Therapist.objects.filter(pk=mara.pk).update(caseload_cap=1)
    introduction_call_off(introduction=agreed, by_client=by_client, by=SystemActor.COMMAND)

    agreed.refresh_from_db()
    assert (agreed.state, agreed.starts_at) == (state, NOON.starts_at)
    assert not Episode.objects.filter(client=cleo).exists()
    make_meeting(wim, mara)


@pytest.mark.parametrize("by_client", [True, False])
def test_the_two_may_be_suggested_and_ask_again(agreed, cleo, mara, by_client):
    assert not eligible_pairs([cleo], [mara]).any()
    introduction_call_off(introduction=agreed, by_client=by_client, by=SystemActor.COMMAND)

    assert eligible_pairs([cleo], [mara]).all()
    assert request_refusal(cleo, mara) == ""
    assert make_meeting(cleo, mara).state == State.ACCEPTED


def test_care_with_a_session_stays(agreed, cleo):
    cast.make_session(Episode.objects.get(client=cleo), 1)
    introduction_call_off(introduction=agreed, by_client=True, by=SystemActor.COMMAND)

    assert Episode.objects.open().filter(client=cleo).count() == 1


def test_care_of_before_stays(cleo, mara):
    before = cast.make_episode(cleo, mara, ended_on=cast.FIRST_DAY + cast.WEEK * 3)
    introduction_call_off(introduction=make_meeting(cleo, mara), by_client=True, by=SystemActor.COMMAND)

    assert list(Episode.objects.filter(client=cleo)) == [before]


EVENING = datetime(2030, 1, 8, 1, tzinfo=UTC)  # still Monday in New York


def test_care_begins_on_the_day_it_is_at_the_clinic(linden, cleo, mara):
    linden.time_zone = "America/New_York"
    linden.save()
    hour = Hour(EVENING, EVENING + timedelta(minutes=50), "in_person")
    meeting = make_meeting(cleo, mara, hour)
    assert Episode.objects.get(client=cleo).started_on == date(2030, 1, 7)

    later = Hour(hour.starts_at + timedelta(days=1), hour.ends_at + timedelta(days=1), "in_person")
    introduction_move(introduction=meeting, hour=later, by=SystemActor.COMMAND)
    assert Episode.objects.get(client=cleo).started_on == date(2030, 1, 8)


def test_a_meeting_moves_and_its_care_begins_then(agreed, cleo):
    introduction_move(introduction=agreed, hour=LATER, by=SystemActor.COMMAND)

    agreed.refresh_from_db()
    assert Hour(agreed.starts_at, agreed.ends_at, agreed.format) == LATER
    assert (agreed.state, agreed.moved) == (State.ACCEPTED, 1)
    assert Episode.objects.get(client=cleo).started_on == LATER.starts_at.date()


def test_moving_to_the_same_hour_is_no_news(agreed):
    introduction_move(introduction=agreed, hour=LATER, by=SystemActor.COMMAND)
    Introduction.objects.update(notified_state=State.ACCEPTED)
    introduction_move(introduction=agreed, hour=LATER, by=SystemActor.COMMAND)

    agreed.refresh_from_db()
    assert (agreed.moved, agreed.notified_state) == (1, State.ACCEPTED)


def test_a_meeting_moves_within_its_own_hour_and_not_into_anothers(agreed, wim, mara):
    half_past = Hour(NOON.starts_at + timedelta(minutes=30), NOON.ends_at + timedelta(minutes=30))
    other = make_meeting(wim, mara, LATER)

    introduction_move(introduction=agreed, hour=half_past, by=SystemActor.COMMAND)
    assert refused(introduction_move, introduction=other, hour=NOON, by=SystemActor.COMMAND) == "busy"


@pytest.mark.parametrize(
    "work",
    [
        lambda one: introduction_move(introduction=one, hour=LATER, by=SystemActor.COMMAND),
        lambda one: introduction_call_off(introduction=one, by_client=True, by=SystemActor.COMMAND),
        lambda one: introduction_call_off(introduction=one, by_client=False, by=SystemActor.COMMAND),
    ],
    ids=["move", "by the client", "by the therapist"],
)
def test_what_is_over_stays_as_it_is(agreed, cleo, work):
    let_hour_come(agreed)
    assert refused(work, one=agreed) == "passed"
    Introduction.objects.update(state=State.CLINIC_OFF)
    assert refused(work, one=agreed) == "passed"
    assert Episode.objects.filter(client=cleo).exists()


def test_what_was_not_agreed_on_is_not_called_off(cleo, mara):
    assert (
        refused(introduction_call_off, introduction=ask(cleo, mara), by_client=True, by=SystemActor.COMMAND)
        == "passed"
    )


def test_asking_for_another_hour_calls_the_agreed_one_off(agreed, cleo, mara):
    Therapist.objects.filter(pk=mara.pk).update(caseload_cap=1)
    asked = ask(cleo, mara, hours=[LATER], instead_of=agreed)

    agreed.refresh_from_db()
    assert (agreed.state, asked.state) == (State.CLIENT_OFF, State.REQUESTED)
    assert not Episode.objects.filter(client=cleo).exists()
    introduction_accept(introduction=asked, hour=LATER, by=SystemActor.COMMAND)


def test_what_cannot_be_asked_calls_nothing_off(agreed, cleo, mara):
    Therapist.objects.filter(pk=mara.pk).update(accepting=False)
    mara.refresh_from_db()

    assert refused(ask, client=cleo, therapist=mara, instead_of=agreed) == "not_accepting"
    agreed.refresh_from_db()
    assert agreed.state == State.ACCEPTED


def test_after_the_hour_the_two_see_each_other(agreed, cleo, mara):
    let_hour_come(agreed)

    assert refused(ask, client=cleo, therapist=mara) == "in_care"
    assert refused(ask, client=cleo, therapist=mara, instead_of=agreed) == "passed"


def test_while_the_two_see_each_other_no_first_meeting_is_asked_for(agreed, cleo, mara):
    cast.make_session(Episode.objects.get(client=cleo), 1)

    assert refused(ask, client=cleo, therapist=mara, instead_of=agreed) == "in_care"
    assert request_refusal(cleo, mara, instead_of=agreed) == "in_care"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_call_off_at_once_one_does(agreed, cleo):
    works = [
        lambda side=side: introduction_call_off(introduction=agreed, by_client=side, by=SystemActor.COMMAND)
        for side in (1, 0)
    ]

    assert sorted(at_once(*works)) == ["done", "passed"]
    assert not Episode.objects.filter(client=cleo).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_moving_while_the_client_asks_for_another_hour_ends_in_one_of_the_two(agreed, cleo, mara, attempt):
    moved, asked = at_once(
        lambda: introduction_move(introduction=agreed, hour=LATER, by=SystemActor.COMMAND),
        lambda: ask(cleo, mara, hours=[LATER], instead_of=agreed),
    )

    agreed.refresh_from_db()
    assert asked == "done"
    assert (agreed.state, moved in {"done", "passed"}) == (State.CLIENT_OFF, True)
    assert Introduction.objects.open().filter(client=cleo).count() == 1
    assert not Episode.objects.filter(client=cleo).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "client_off"},
        {"state": "declined", "moved": 1, "answered_at": NOON.starts_at},
        {"state": "clinic_off", "starts_at": NOON.ends_at, "ends_at": NOON.starts_at},
    ],
)
def test_the_database_knows_which_states_have_an_hour(cleo, mara, linden, fields):
    given = {"clinic": linden, "client": cleo, "therapist": mara} | fields
    cast.refuses("introduction_agreed_has_hour", Introduction.objects.create, **given)
