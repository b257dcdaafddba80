"""When a client may be asked: an hour later, never at night, never beyond the month's budget."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.invitation_rules import BUDGET_LASTS, QuestionsAsked, due_at, fits_budget, is_quiet, is_wanted

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def ago(days):
    return NOW - timedelta(days=days)


def test_it_is_due_an_hour_after_the_end_where_that_is_known():
    assert due_at(logged_at=NOW, ends_at=ago(1)) == ago(1) + timedelta(hours=1)
    assert due_at(logged_at=NOW, ends_at=None) == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("clock", "zone", "quiet"),
    [
        ("07:59", "Europe/Berlin", True),
        ("08:00", "Europe/Berlin", False),
        ("19:59", "Europe/Berlin", False),
        ("20:00", "Europe/Berlin", True),
        ("00:00", "Europe/Berlin", True),
        ("12:00", "Europe/Berlin", False),
        ("12:00", "Asia/Tokyo", False),
        ("12:00", "Pacific/Kiritimati", False),
    ],
)
def test_the_night_is_quiet_by_the_clients_own_clock(clock, zone, quiet):
    there = datetime.combine(NOW.date(), time.fromisoformat(clock), ZoneInfo(zone))

    assert is_quiet(there.astimezone(UTC), ZoneInfo(zone), time(20), time(8)) is quiet


def test_one_moment_is_day_here_and_night_there():
    assert not is_quiet(NOW, BERLIN, time(20), time(8))
    assert is_quiet(NOW, ZoneInfo("Asia/Tokyo"), time(20), time(8))


@pytest.mark.parametrize("clock", ["00:00", "08:00", "13:00", "23:59"])
def test_the_same_hour_twice_means_that_no_hour_is_quiet(clock):
    at = datetime.combine(NOW.date(), time.fromisoformat(clock), UTC)

    assert not is_quiet(at, ZoneInfo("UTC"), time(8), time(8))


@pytest.mark.parametrize(
    ("clock", "quiet"), [("12:59", False), ("13:00", True), ("14:59", True), ("15:00", False)]
)
def test_quiet_hours_may_lie_within_a_day(clock, quiet):
    at = datetime.combine(NOW.date(), time.fromisoformat(clock), UTC)

    assert is_quiet(at, ZoneInfo("UTC"), time(13), time(15)) is quiet


@pytest.mark.parametrize(
    ("frequency", "rated", "numbers"),
    [
        ("every", False, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("some", False, [2, 3, 4, 8]),
        ("some", True, [2, 3, 4, 8]),
        ("third", False, [3, 4]),
        ("third", True, []),
        ("never", False, []),
    ],
)
def test_a_client_is_asked_as_often_as_they_chose(frequency, rated, numbers):
    assert [n for n in range(1, 10) if is_wanted(frequency, n, rated=rated)] == numbers


@pytest.mark.parametrize(
    ("history", "questions", "kept_back", "fits"),
    [
        ([], 60, 0, True),
        ([], 61, 0, False),
        ([(1, 54)], 6, 0, True),
        ([(1, 55)], 6, 0, False),
        ([(29.9, 55)], 6, 0, False),
        ([(30, 55)], 6, 0, True),
        ([(31, 600)], 6, 0, True),
        ([(1, 47)], 6, 7, True),
        ([(1, 48)], 6, 7, False),
        ([(1, 48)], 7, 0, True),
        ([(1, 100)], 0, 0, False),
    ],
)
def test_the_budget_of_a_month_decides(history, questions, kept_back, fits):
    asked = [QuestionsAsked(ago(days), n) for days, n in history]

    assert fits_budget(asked, now=NOW, questions=questions, budget=60, kept_back=kept_back) is fits


WISHES = st.lists(st.tuples(st.floats(0, 20), st.integers(1, 20), st.integers(0, 10)), max_size=60)


@given(wishes=WISHES, budget=st.integers(0, 80))
def test_no_thirty_days_ever_hold_more_than_the_budget(wishes, budget):
    now = NOW
    asked: list[QuestionsAsked] = []
    for days, questions, kept_back in wishes:
        now += timedelta(days=days)
        if fits_budget(asked, now=now, questions=questions, budget=budget, kept_back=kept_back):
            asked.append(QuestionsAsked(now, questions))

    for last in asked:
        window = [one.questions for one in asked if last.at - BUDGET_LASTS < one.at <= last.at]
        assert sum(window) <= budget


@given(history=st.lists(st.tuples(st.floats(0, 60), st.integers(0, 200))), questions=st.integers(1, 20))
def test_whatever_the_history_nothing_is_asked_beyond_the_budget(history, questions):
    asked = [QuestionsAsked(ago(days), n) for days, n in history]

    if fits_budget(asked, now=NOW, questions=questions, budget=60):
        assert questions + sum(one.questions for one in asked if one.at > NOW - BUDGET_LASTS) <= 60
