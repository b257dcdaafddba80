"""Which hours suit both."""

from datetime import UTC, datetime, time

import pytest

from alliance_match.matching.hours import WEEK, SlotsByMinute, Window, minutes_ahead
from therapists.models import Slot

MONDAY, TUESDAY, SUNDAY = 0, 1, 6
MORNING = Window(MONDAY, time(8), time(12))


def slot(therapist, weekday, starts, ends, form="in_person"):
    Slot.objects.create(therapist=therapist, weekday=weekday, starts=starts, ends=ends, format=form)


def suits(therapist, *windows, formats=()):
    return bool(SlotsByMinute([therapist]).fit(windows, formats)[0])


def test_without_windows_everybody_suits(mara, jonas):
    slot(mara, MONDAY, time(9), time(10))
    assert SlotsByMinute([mara, jonas]).fit([], []).all()


def test_whoever_named_no_slots_suits_every_hour(mara, jonas):
    slot(mara, TUESDAY, time(9), time(10))
    assert SlotsByMinute([mara, jonas]).fit([MORNING], []).tolist() == [False, True]


@pytest.mark.parametrize(
    ("weekday", "starts", "ends", "fits"),
    [
        (MONDAY, time(9), time(10), True),
        (MONDAY, time(8), time(12), True),
        (MONDAY, time(7, 59), time(9), False),
        (MONDAY, time(11, 30), time(12, 1), False),
        (MONDAY, time(13), time(14), False),
        (TUESDAY, time(9), time(10), False),
    ],
)
def test_a_slot_must_lie_within_a_window(mara, weekday, starts, ends, fits):
    slot(mara, weekday, starts, ends)
    assert suits(mara, MORNING) == fits


def test_windows_that_touch_are_one(mara):
    slot(mara, MONDAY, time(11, 30), time(12, 20))
    assert suits(mara, MORNING, Window(MONDAY, time(12), time(17)))


def test_the_end_of_the_week_and_its_beginning_are_days_like_others(mara):
    slot(mara, SUNDAY, time(22), time(23))
    assert suits(mara, Window(SUNDAY, time(20), time(23, 59)), Window(MONDAY, time(0), time(8)))
    assert not suits(mara, Window(MONDAY, time(0), time(8)))


def test_one_fitting_slot_is_enough(mara):
    slot(mara, TUESDAY, time(9), time(10))
    slot(mara, MONDAY, time(9), time(10))
    assert suits(mara, MORNING)


def test_a_slot_of_another_format_does_not_count(mara):
    slot(mara, MONDAY, time(9), time(10), "telehealth")
    assert not suits(mara, MORNING, formats=["in_person"])
    assert suits(mara, MORNING, formats=["in_person", "telehealth"])


def test_the_next_slot_may_be_next_week(mara, jonas):
    slot(mara, MONDAY, time(9), time(10))
    slot(mara, TUESDAY, time(9), time(10))
    hours = SlotsByMinute([mara, jonas])
    assert hours.soonest(now=8 * 60).tolist() == [60, WEEK]
    assert hours.soonest(now=9 * 60 + 1).tolist()[0] == 24 * 60 - 1
    assert hours.soonest(now=6 * 24 * 60).tolist()[0] == 24 * 60 + 9 * 60


def test_it_costs_one_query_however_many_there_are(mara, jonas, django_assert_num_queries):
    for therapist in (mara, jonas):
        slot(therapist, MONDAY, time(9), time(10))
    with django_assert_num_queries(1):
        assert SlotsByMinute([mara, jonas]).fit([MORNING], []).all()


def test_nobody_at_all_is_no_error(db):
    assert SlotsByMinute([]).fit([MORNING], []).shape == (0,)


@pytest.mark.parametrize(
    ("zone", "moment", "minutes"),
    [
        ("Europe/Berlin", datetime(2026, 1, 5, tzinfo=UTC), 0),
        ("America/New_York", datetime(2026, 1, 5, tzinfo=UTC), -6 * 60),
        ("America/New_York", datetime(2026, 3, 15, tzinfo=UTC), -5 * 60),
        ("Asia/Kolkata", datetime(2026, 1, 5, tzinfo=UTC), 4 * 60 + 30),
    ],
)
def test_clocks_elsewhere_are_ahead_or_behind_as_the_season_has_it(zone, moment, minutes):
    assert minutes_ahead(zone, "Europe/Berlin", moment) == minutes


@pytest.mark.parametrize(
    ("weekday", "starts", "clocks", "fits"),
    [
        (MONDAY, time(14), -6 * 60, True),  # eight in the morning there
        (MONDAY, time(9), -6 * 60, False),
        (SUNDAY, time(23), 9 * 60, True),  # Monday at eight there
        (MONDAY, time(1), -6 * 60, False),  # Sunday evening there
    ],
)
def test_hours_are_compared_by_the_clocks_of_each(mara, weekday, starts, clocks, fits):
    slot(mara, weekday, starts, starts.replace(minute=50))
    assert SlotsByMinute([mara]).fit([MORNING], [], clocks)[0] == fits


def test_a_slot_may_span_the_end_of_the_week_of_others(mara):
    slot(mara, SUNDAY, time(18), time(19))
    late, early = Window(SUNDAY, time(23), time(23, 59, 59)), Window(MONDAY, time(0), time(2))
    assert SlotsByMinute([mara]).fit([early], [], 6 * 60)[0]
    assert not SlotsByMinute([mara]).fit([late], [], 5 * 60 + 30)[0]
