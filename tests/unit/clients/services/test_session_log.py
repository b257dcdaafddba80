"""The log of sessions: numbers follow dates, and never what was said about one moves to another."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.audit.actors import SystemActor
from clients.models import Session
from clients.services import CalendarSession, NotLoggedError, session_log, session_remove, sessions_log
from clients.services.session_log import number_by_date
from surveys.services import invitation_get_or_create
from tests.cast import FIRST_DAY, WEEK, make_check_in, make_episode, make_rating


@pytest.fixture
def log(episode, asha):
    return lambda day, **more: session_log(episode=episode, held_on=day, by=asha, **more)


def numbered(episode):
    return [(one.number, one.held_on) for one in episode.sessions.order_by("number")]


def why(error):
    return error.value.why.value


def test_a_new_session_gets_the_next_number(log, episode, asha):
    session = log(FIRST_DAY + 3 * WEEK)

    assert (session.number, session.logged_by, session.clinic) == (4, asha, episode.clinic)
    assert session.code.startswith("logged-")


def test_the_first_session_is_number_one(cleo, mara, asha):
    fresh = make_episode(cleo, mara, sessions=0)

    assert session_log(episode=fresh, held_on=FIRST_DAY, by=asha).number == 1


def test_a_forgotten_session_finds_its_place_among_the_dates(log, episode):
    day = FIRST_DAY + timedelta(days=3)

    assert log(day).number == 2
    assert numbered(episode) == [
        (1, FIRST_DAY), (2, day), (3, FIRST_DAY + WEEK), (4, FIRST_DAY + 2 * WEEK),
    ]  # fmt: skip


@pytest.mark.parametrize("answer", [make_check_in, make_rating])
def test_the_number_of_a_session_with_an_answer_stays(log, episode, answer):
    answer(episode.sessions.get(number=3))
    before = numbered(episode)

    with pytest.raises(NotLoggedError) as error:
        log(FIRST_DAY + timedelta(days=3))

    assert why(error) == "answered"
    assert numbered(episode) == before


def test_a_gap_before_what_was_answered_is_used(log, episode):
    make_rating(episode.sessions.get(number=3))
    episode.sessions.filter(number=2).delete()

    assert log(FIRST_DAY + timedelta(days=3)).number == 2


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (lambda: timezone.localdate() + timedelta(days=2), "to_come"),
        (lambda: FIRST_DAY - timedelta(days=1), "too_early"),
        (lambda: FIRST_DAY, "logged"),
        (lambda: date(9999, 12, 31), "to_come"),
        (lambda: date.min, "too_early"),
    ],
)
def test_a_day_that_cannot_be_is_refused(log, day, reason):
    with pytest.raises(NotLoggedError) as error:
        log(day())

    assert why(error) == reason
    assert Session.objects.count() == 3


def test_care_that_ended_is_not_logged_any_more(log, episode):
    type(episode).objects.update(ended_on=FIRST_DAY + 5 * WEEK)

    with pytest.raises(NotLoggedError) as error:
        log(FIRST_DAY + 3 * WEEK)
    assert why(error) == "over"


def test_what_was_logged_by_mistake_is_undone(log, episode):
    day = FIRST_DAY + timedelta(days=3)
    mistaken = log(day)

    session_remove(session=mistaken, by=SystemActor.COMMAND)

    assert numbered(episode) == [(1, FIRST_DAY), (2, FIRST_DAY + WEEK), (3, FIRST_DAY + 2 * WEEK)]


def test_removing_moves_nothing_that_was_answered(log, episode):
    mistaken = log(FIRST_DAY + timedelta(days=3))
    make_rating(episode.sessions.get(number=4))

    session_remove(session=mistaken, by=SystemActor.COMMAND)

    assert [number for number, _day in numbered(episode)] == [1, 2, 4]


def test_what_hangs_on_a_session_keeps_it(log):
    answered, asked = log(FIRST_DAY + 3 * WEEK), log(FIRST_DAY + 4 * WEEK)
    make_check_in(answered)
    type(invitation_get_or_create(session=asked, by=SystemActor.WORKER)).objects.update(
        sent_at=timezone.now()
    )

    for session in (answered, asked):
        with pytest.raises(NotLoggedError) as error:
            session_remove(session=session, by=SystemActor.COMMAND)
        assert why(error) == "asked"
    assert Session.objects.count() == 5


def test_an_invitation_that_was_not_sent_goes_with_its_session(log):
    session = log(FIRST_DAY + 3 * WEEK)
    invitation_get_or_create(session=session, by=SystemActor.WORKER)

    session_remove(session=session, by=SystemActor.COMMAND)

    assert Session.objects.count() == 3


def test_an_imported_session_is_not_undone(third_session):
    with pytest.raises(NotLoggedError) as error:
        session_remove(session=third_session, by=SystemActor.COMMAND)
    assert why(error) == "imported"


def test_a_calendar_twice_adds_nothing(episode, asha):
    found = [CalendarSession(episode, FIRST_DAY + k * WEEK, None) for k in (5, 2, 4)]

    assert sessions_log(sessions=found, by=asha) == 2
    assert sessions_log(sessions=found, by=asha) == 0
    assert [day for _number, day in numbered(episode)][3:] == [FIRST_DAY + 4 * WEEK, FIRST_DAY + 5 * WEEK]


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_log_one_session(episode, asha):
    both_ready = threading.Barrier(2, timeout=10)
    results: list[int | str] = []

    def tap():
        try:
            both_ready.wait()
            results.append(session_log(episode=episode, held_on=FIRST_DAY + 3 * WEEK, by=asha).number)
        except NotLoggedError as error:
            results.append(error.why.value)
        finally:
            connection.close()

    threads = [threading.Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(results, key=str) == [4, "logged"]


DAYS = st.lists(st.integers(0, 40), max_size=10, unique=True)


@given(order=DAYS)
def test_whatever_the_order_of_logging_numbers_follow_dates(order):
    """The same law for the pure rule: number, and move up what comes after."""
    log: list[date] = []
    for day in order:
        held_on = FIRST_DAY + timedelta(days=day)
        number = number_by_date([(k + 1, other) for k, other in enumerate(log)], held_on)
        log.insert(number - 1, held_on)

    assert log == sorted(log)
