"""Working time passes while the clinic works, and stands still while it does not."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.safety.working_hours import WorkingHours

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = WorkingHours([0, 1, 2, 3, 4], time(9), time(17), BERLIN)
HOUR = timedelta(hours=1)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
spans = st.integers(0, 60 * 100).map(lambda minutes: timedelta(minutes=minutes))
zones = st.sampled_from(
    [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland")]
)


@st.composite
def weeks(draw):
    """Any hours that a clinic may have."""
    opens, closes = sorted(draw(st.lists(st.integers(0, 1439), min_size=2, max_size=2, unique=True)))
    days = draw(st.lists(st.integers(0, 6), min_size=1, unique=True))
    return WorkingHours(days, time(*divmod(opens, 60)), time(*divmod(closes, 60)), draw(zones))


def berlin(day, hour, minute=0):
    """A time in November 2026, whose second is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        (berlin(2, 9), berlin(2, 13)),
        (berlin(2, 13), berlin(2, 17)),
        (berlin(2, 16), berlin(3, 12)),
        (berlin(2, 3), berlin(2, 13)),
        (berlin(6, 16), berlin(9, 12)),
        (berlin(7, 11), berlin(9, 13)),
    ],
    ids=["morning", "until the close", "over night", "before opening", "over the weekend", "on a Saturday"],
)
def test_four_hours_of_work_take_longer_on_the_clock(asked, until):
    assert USUAL.later(asked, 4 * HOUR) == until


def test_hours_are_counted_truly_where_the_clocks_change():
    night = WorkingHours([6], time(0), time(6), BERLIN)

    assert night.later(datetime(2026, 3, 29, 0, tzinfo=BERLIN), 4 * HOUR).astimezone(BERLIN).hour == 5
    assert night.later(datetime(2026, 10, 25, 0, tzinfo=BERLIN), 4 * HOUR).astimezone(BERLIN).hour == 3


@pytest.mark.parametrize(
    ("moment", "opens", "closes"),
    [
        (berlin(2, 8, 59), berlin(2, 9), berlin(2, 17)),
        (berlin(2, 12), berlin(2, 12), berlin(2, 17)),
        (berlin(2, 17), berlin(3, 9), berlin(2, 17)),
        (berlin(6, 18), berlin(9, 9), berlin(9, 17)),
    ],
)
def test_it_tells_when_the_clinic_works_next_and_until_when(moment, opens, closes):
    assert USUAL.opens_after(moment) == opens
    assert USUAL.closes_after(moment) == closes
    assert USUAL.is_open(moment) == (opens == moment)


@given(weeks(), moments, spans, spans)
def test_work_done_in_two_parts_is_done_as_soon(hours, moment, first, second):
    assert hours.later(hours.later(moment, first), second) == hours.later(moment, first + second)


@given(weeks(), moments, spans)
def test_more_work_is_never_done_sooner(hours, moment, work):
    assert moment <= hours.later(moment, work) <= hours.later(moment, work + HOUR)


@given(weeks(), moments)
def test_it_closes_after_it_opens(hours, moment):
    assert moment <= hours.opens_after(moment) < hours.closes_after(hours.opens_after(moment))
    assert hours.is_open(hours.opens_after(moment))
