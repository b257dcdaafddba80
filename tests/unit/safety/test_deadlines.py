"""How soon an alert must be taken note of, and what a client may be promised."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alliance_match.safety.deadlines import acknowledge_deadline, contact_deadline
from alliance_match.safety.working_hours import WorkingHours

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = WorkingHours(range(5), time(9), time(17), BERLIN)
NIGHT = datetime(2026, 11, 7, 3, tzinfo=BERLIN)  # a Saturday
MONDAY = datetime(2026, 11, 9, tzinfo=BERLIN)


def test_a_first_level_waits_for_four_hours_of_work():
    assert acknowledge_deadline(1, NIGHT, HOURS) == MONDAY.replace(hour=13)


@pytest.mark.parametrize("level", [2, 3])
def test_a_higher_one_waits_half_an_hour_at_any_time(level):
    assert acknowledge_deadline(level, NIGHT, HOURS) == NIGHT + timedelta(minutes=30)


@pytest.mark.parametrize(("hour", "day"), [(9, 9), (13, 9), (14, 10), (18, 10)])
def test_a_client_is_promised_the_end_of_a_day_on_which_there_is_time_for_it(hour, day):
    promised = contact_deadline(1, MONDAY.replace(hour=hour), HOURS)

    assert promised == MONDAY.replace(day=day, hour=17)


@pytest.mark.parametrize("level", [2, 3])
def test_nobody_is_promised_an_hour_of_what_is_done_at_once(level):
    assert contact_deadline(level, NIGHT, HOURS) is None
