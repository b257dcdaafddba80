"""The week as clients tick it."""

import datetime
from typing import NamedTuple

from clients.timetable import WEEK, part_codes, part_of_week, week_rows


class Free(NamedTuple):
    weekday: int
    starts: datetime.time
    ends: datetime.time


def test_every_part_of_the_week_is_found_again_by_its_hours():
    for code in WEEK:
        assert part_codes([part_of_week(code)]) == [code]


def test_hours_across_noon_touch_two_parts():
    assert part_codes([Free(2, datetime.time(11), datetime.time(13))]) == ["2-morning", "2-afternoon"]


def test_hours_that_end_where_a_part_begins_do_not_touch_it():
    assert part_codes([Free(2, datetime.time(11), datetime.time(12))]) == ["2-morning"]


def test_every_part_is_in_the_rows_once():
    assert [code for _day, parts in week_rows() for code, _words in parts] == list(WEEK)
