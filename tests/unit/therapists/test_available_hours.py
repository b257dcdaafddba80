"""Weekly hours become days of a calendar, and clocks that jump make no hour that is not there."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from therapists.available_hours import (
    DAYS,
    NOTICE,
    coming_hours,
    moment,
    next_hour_of_each_slot,
    suiting_first,
)
from therapists.models import Slot

BERLIN = ZoneInfo("Europe/Berlin")
SLOTS = st.builds(
    lambda weekday, hour: Slot(weekday=weekday, starts=time(hour), ends=time(hour, 50), format="in_person"),
    st.integers(0, 6),
    st.integers(0, 23),
)


def slot(weekday, starts, ends):
    return Slot(weekday=weekday, starts=time(*starts), ends=time(*ends), format="telehealth")


def test_it_gives_the_hours_of_the_next_two_weeks_in_the_clinics_time():
    monday = datetime(2026, 11, 23, 12, tzinfo=UTC)

    found = coming_hours([slot(0, (9, 0), (9, 50)), slot(2, (14, 0), (14, 50))], monday, BERLIN)

    assert [f"{hour.starts_at:%d %H:%M %z}" for hour in found] == [
        "25 14:00 +0100",
        "30 09:00 +0100",
        "02 14:00 +0100",
        "07 09:00 +0100",
    ]


def test_an_hour_that_the_clocks_skip_is_not_offered():
    sunday = slot(6, (2, 15), (3, 5))

    found = coming_hours([sunday], datetime(2026, 3, 20, tzinfo=UTC), BERLIN)

    assert [hour.starts_at.day for hour in found] == [22]


def test_a_time_that_the_clocks_skip_is_no_moment():
    assert moment(date(2026, 3, 29), time(2, 30), BERLIN) is None
    assert moment(date(2026, 3, 29), time(3, 0), BERLIN) is not None


def test_of_an_hour_that_comes_twice_it_is_the_first():
    assert moment(date(2026, 10, 25), time(2, 30), BERLIN).utcoffset() == timedelta(hours=2)


@given(
    st.lists(SLOTS, max_size=6),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_it_keeps_the_wall_clock_the_notice_and_the_order(slots, now, zone):
    found = coming_hours(slots, now, ZoneInfo(zone))

    offered = {(one.weekday, one.starts) for one in slots}
    assert found == sorted(found)
    for hour in found:
        assert (hour.starts_at.weekday(), hour.starts_at.time()) in offered
        assert NOTICE <= hour.starts_at - now <= timedelta(days=DAYS + 2)
        assert hour.starts_at.astimezone(UTC).astimezone(ZoneInfo(zone)).time() == hour.starts_at.time()


@given(st.lists(SLOTS, max_size=5), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_each_slot_is_listed_once_as_the_first_of_its_coming_hours(slots, now):
    now = now.replace(tzinfo=UTC)
    soonest = [coming_hours([one], now, BERLIN)[0] for one in slots]
    assert next_hour_of_each_slot(slots, now, BERLIN) == sorted(soonest)


@given(st.lists(SLOTS, max_size=8), st.lists(SLOTS, max_size=3))
def test_hours_that_suit_come_first_and_the_sooner_first_among_each(slots, windows):
    hours = next_hour_of_each_slot(slots, datetime(2026, 11, 23, 12, tzinfo=UTC), BERLIN)

    found = suiting_first(hours, windows, BERLIN)

    assert sorted(found) == hours
    suits = [
        any(w.weekday == h.starts_at.weekday() and w.starts <= h.starts_at.time() < w.ends for w in windows)
        for h in found
    ]
    assert suits == sorted(suits, reverse=True)
    for kind in (True, False):
        of_kind = [hour for hour, one in zip(found, suits, strict=True) if one is kind]
        assert of_kind == sorted(of_kind)


def test_whether_an_hour_suits_is_read_off_the_clients_own_clock():
    monday = datetime(2026, 11, 23, 12, tzinfo=UTC)
    hours = next_hour_of_each_slot([slot(2, (14, 0), (14, 50)), slot(3, (18, 0), (18, 50))], monday, BERLIN)
    evenings = [slot(3, (17, 0), (21, 0))]

    assert [hour.starts_at.day for hour in suiting_first(hours, evenings, BERLIN)] == [26, 25]
    assert [hour.starts_at.day for hour in suiting_first(hours, evenings, ZoneInfo("America/New_York"))] == [
        25,
        26,
    ]
