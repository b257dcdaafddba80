"""Signs of an answer that nobody read: few seconds, or one answer throughout that is no end of the scale."""

import pytest

from surveys.carefulness import is_hasty, is_straight_lined
from tests.cast import ITEMS


@pytest.mark.parametrize(
    ("seconds", "hasty"), [(None, False), (0, True), (14.9, True), (15, False), (600, False)]
)
def test_under_fifteen_seconds_is_hasty(seconds, hasty):
    assert is_hasty(seconds) is hasty


@pytest.mark.parametrize(
    ("answers", "marked"),
    [
        (dict.fromkeys(ITEMS, 5), True),
        (dict.fromkeys(ITEMS, 9), True),
        (dict.fromkeys(ITEMS, 10), False),
        (dict.fromkeys(ITEMS, 0), False),
        (dict.fromkeys(ITEMS, None), False),
        (dict.fromkeys(ITEMS, 5) | {"item_4": 6}, False),
        (dict.fromkeys(ITEMS, 5) | {"item_4": None}, False),
        ({}, False),
    ],
)
def test_one_answer_to_all_is_a_straight_line_unless_it_is_an_end(instrument, answers, marked):
    assert is_straight_lined(instrument.definition, answers) is marked


def test_two_items_make_no_line(instrument):
    short = instrument.definition | {"items": instrument.definition["items"][:2]}

    assert not is_straight_lined(short, dict.fromkeys(ITEMS[:2], 5))
