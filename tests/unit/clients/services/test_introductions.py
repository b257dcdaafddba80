"""A request is made, answered or ended once, whoever else is at it; what was agreed holds a place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from clients.models import Episode, Introduction
from clients.services import (
    NotPossibleError,
    introduction_accept,
    introduction_decline,
    introduction_seen,
    introduction_withdraw,
    introductions_expire,
    request_refusal,
)
from tests import cast
from tests.cast import make_introduction as ask
from therapists.available_hours import Hour
from therapists.models import Therapist

NOON = cast.NOON.starts_at
State = Introduction.State


def hour(days=0):
    """Fifty minutes at noon, that many days after a Monday far away."""
    return Hour(NOON + timedelta(days=days), NOON + timedelta(days=days, minutes=50), "in_person")


def let_time_pass(introduction):
    Introduction.objects.filter(pk=introduction.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def state(introduction):
    introduction.refresh_from_db()
    return introduction.state


def refused(work, **given):
    """Why this was not possible."""
    with pytest.raises(NotPossibleError) as caught:
        work(**given)
    return caught.value.why


def test_a_request_keeps_hours_and_note_and_ends_after_three_days(cleo, mara):
    asked = ask(cleo, mara, hours=[hour(1), hour()], note="Hello", shows_concerns=True)

    asked.refresh_from_db()
    assert (asked.state, asked.note, asked.shows_concerns) == (State.REQUESTED, "Hello", True)
    assert [one.starts_at for one in asked.hours.all()] == [hour().starts_at, hour(1).starts_at]
    assert asked.expires_at - asked.requested_at == timedelta(hours=72)


def test_asking_twice_gives_the_same_request(cleo, mara):
    assert ask(cleo, mara) == ask(cleo, mara, note="again")
    assert Introduction.objects.get().note == ""


def test_three_requests_can_be_open(cleo, linden, mara, jonas, pavel):
    fourth = cast.make_therapist(linden, "Vera Lang")
    first, *_ = [ask(cleo, one) for one in (mara, jonas, pavel)]

    assert refused(ask, client=cleo, therapist=fourth) == "too_many"
    introduction_withdraw(introduction=first, by=SystemActor.COMMAND)
    assert ask(cleo, fourth).state == State.REQUESTED


def test_one_whose_time_is_over_counts_no_more(cleo, mara, jonas, pavel, linden):
    let_time_pass(ask(cleo, mara))
    for one in (jonas, pavel):
        ask(cleo, one)

    assert ask(cleo, mara).state == State.REQUESTED
    assert sorted(Introduction.objects.values_list("state", flat=True)).count("expired") == 1


def test_somebody_who_said_no_is_not_asked_again(cleo, mara):
    introduction_decline(introduction=ask(cleo, mara), reason="no_room", by=SystemActor.COMMAND)

    assert request_refusal(cleo, mara) == "declined"


def test_somebody_who_did_not_answer_may_be_asked_again(cleo, mara):
    let_time_pass(ask(cleo, mara))

    assert request_refusal(cleo, mara) == ""


@pytest.fixture
def ran_out(cleo, mara):
    """A function: Cleo asks Mara, and time answers, so many days ago."""

    def ran_out(days=1):
        asked = ask(cleo, mara)
        ended = timezone.now() - timedelta(days=days)
        begun = ended - timedelta(days=3)
        Introduction.objects.filter(pk=asked.pk).update(requested_at=begun, expires_at=ended)
        return asked

    return ran_out


def test_after_two_without_an_answer_others_are_asked(cleo, mara, ran_out):
    ran_out(days=8)
    assert request_refusal(cleo, mara) == ""
    ran_out(days=1)

    assert request_refusal(cleo, mara) == "unresponsive"
    assert refused(ask, client=cleo, therapist=mara) == "unresponsive"


def test_two_in_a_row_are_meant(cleo, mara, wim, ran_out):
    ran_out(days=12)
    answered = ran_out(days=8)
    Introduction.objects.filter(pk=answered.pk).update(state=State.WITHDRAWN)
    ran_out(days=1)

    assert request_refusal(cleo, mara) == ""
    assert request_refusal(wim, mara) == ""


def test_after_a_month_one_may_ask_anew(cleo, mara, ran_out):
    ran_out(days=31)
    ran_out(days=5)

    assert request_refusal(cleo, mara) == ""


def test_one_whom_the_client_sees_already_is_not_asked(episode, cleo, pavel):
    assert refused(ask, client=cleo, therapist=pavel) == "in_care"


@pytest.mark.parametrize(
    "changes", [{"accepting": False}, {"status": "paused"}, {"caseload_cap": 0}], ids=str
)
def test_one_who_takes_nobody_is_not_asked(cleo, mara, changes):
    Therapist.objects.filter(pk=mara.pk).update(**changes)
    mara.refresh_from_db()

    assert refused(ask, client=cleo, therapist=mara) == "not_accepting"
    assert not Introduction.objects.exists()


def test_reading_is_stored_once_and_never_after_the_end(cleo, mara):
    asked = ask(cleo, mara)
    introduction_seen(introduction=asked, by=SystemActor.COMMAND)
    assert state(asked) == State.SEEN
    introduction_withdraw(introduction=asked, by=SystemActor.COMMAND)
    introduction_seen(introduction=asked, by=SystemActor.COMMAND)
    assert state(asked) == State.WITHDRAWN


def test_agreeing_begins_care_at_that_hour(cleo, mara):
    asked = ask(cleo, mara)

    care = introduction_accept(introduction=asked, hour=hour(), by=SystemActor.COMMAND)

    assert state(asked) == State.ACCEPTED
    assert (asked.starts_at, asked.ends_at, asked.format) == hour()
    assert (care.client, care.therapist, care.number) == (cleo, mara, 1)
    assert care.started_on == hour().starts_at.date()


def test_care_that_begins_anew_has_the_next_number(cleo, mara):
    cast.make_episode(cleo, mara, ended_on=cast.FIRST_DAY + cast.WEEK * 3)

    assert introduction_accept(introduction=ask(cleo, mara), hour=hour(), by=SystemActor.COMMAND).number == 2


@pytest.mark.parametrize("answer", ["accept", "decline", "withdraw"])
def test_what_is_over_cannot_be_answered(cleo, mara, answer):
    asked = ask(cleo, mara)
    let_time_pass(asked)
    work = {
        "accept": lambda: introduction_accept(introduction=asked, hour=hour(), by=SystemActor.COMMAND),
        "decline": lambda: introduction_decline(introduction=asked, reason="", by=SystemActor.COMMAND),
        "withdraw": lambda: introduction_withdraw(introduction=asked, by=SystemActor.COMMAND),
    }[answer]

    assert refused(work) == "over"
    assert not Episode.objects.filter(client=cleo).exists()
    assert state(asked) == State.REQUESTED


def test_an_hour_is_given_to_one_client_only(cleo, wim, mara):
    first, second = ask(cleo, mara), ask(wim, mara)
    introduction_accept(introduction=first, hour=hour(), by=SystemActor.COMMAND)
    later = Hour(NOON + timedelta(minutes=30), NOON + timedelta(minutes=80), "in_person")

    assert refused(introduction_accept, introduction=second, hour=later, by=SystemActor.COMMAND) == "busy"
    introduction_accept(introduction=second, hour=hour(1), by=SystemActor.COMMAND)


def test_a_full_caseload_takes_nobody(cleo, wim, mara):
    first, second = ask(cleo, mara), ask(wim, mara)
    Therapist.objects.filter(pk=mara.pk).update(caseload_cap=1)
    introduction_accept(introduction=first, hour=hour(), by=SystemActor.COMMAND)

    assert refused(introduction_accept, introduction=second, hour=hour(1), by=SystemActor.COMMAND) == "full"
    assert state(second) == State.REQUESTED


@pytest.mark.django_db(transaction=True)
def test_of_many_who_are_agreed_to_at_once_no_more_begin_than_the_cap_allows(linden, mara):
    Therapist.objects.filter(pk=mara.pk).update(caseload_cap=2)
    clients = [cast.make_client(linden, f"Client{k}") for k in range(6)]
    asked = [ask(client, mara) for client in clients]

    def agree(k):
        try:
            introduction_accept(introduction=asked[k], hour=hour(k), by=SystemActor.COMMAND)
        except NotPossibleError as error:
            return error.why
        finally:
            connection.close()
        return "agreed"

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(agree, range(6)))

    assert answers == ["agreed"] * 2 + ["full"] * 4
    assert Episode.objects.open().filter(therapist=mara).count() == 2
    assert Introduction.objects.filter(state=State.ACCEPTED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(cleo, mara):
    asked = ask(cleo, mara)
    works = [
        lambda: introduction_accept(introduction=asked, hour=hour(), by=SystemActor.COMMAND),
        lambda: introduction_withdraw(introduction=asked, by=SystemActor.COMMAND),
        lambda: introduction_decline(introduction=asked, reason="", by=SystemActor.COMMAND),
    ]

    def attempt(work):
        try:
            work()
        except NotPossibleError as error:
            return error.why
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(attempt, works)) == ["done", "over", "over"]
    assert Episode.objects.filter(client=cleo).count() == (state(asked) == State.ACCEPTED)


@pytest.mark.django_db(transaction=True)
def test_asking_many_at_once_opens_three(cleo, linden):
    others = [cast.make_therapist(linden, f"Vera{k} Lang", code=f"vera{k}") for k in range(6)]

    def attempt(therapist):
        try:
            ask(cleo, therapist)
        except NotPossibleError as error:
            return error.why
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(attempt, others)) == ["done"] * 3 + ["too_many"] * 3


def test_the_sweep_ends_what_nobody_answered(cleo, wim, mara):
    over, still = ask(cleo, mara), ask(wim, mara)
    let_time_pass(over)

    assert introductions_expire(by=SystemActor.WORKER) == 1
    assert (state(over), state(still)) == (State.EXPIRED, State.REQUESTED)


def test_the_outcome_is_known_before_the_sweep_came(cleo, mara):
    asked = ask(cleo, mara)
    let_time_pass(asked)
    asked.refresh_from_db()

    assert (asked.state, asked.outcome) == (State.REQUESTED, State.EXPIRED)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("introduction_open_once", {}),
        ("introduction_state_known", {"state": "maybe"}),
        ("introduction_agreed_has_hour", {"state": "accepted"}),
        ("introduction_agreed_has_hour", {"state": "declined", "starts_at": NOON}),
        ("introduction_decline_reason_known", {"state": "expired", "decline_reason": "no_room"}),
        ("introduction_decline_reason_known", {"state": "declined", "decline_reason": "dislike"}),
        ("introduction_when_answered", {"state": "declined"}),
        ("introduction_when_answered", {"state": "expired", "answered_at": NOON}),
    ],
)
def test_the_database_refuses(cleo, mara, linden, constraint, fields):
    ask(cleo, mara)

    cast.refuses(
        constraint, Introduction.objects.create, clinic=linden, client=cleo, therapist=mara, **fields
    )
