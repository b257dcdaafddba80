"""What a client asks for, as the database keeps it."""

import datetime

import pytest

from clients.models import Intake
from tests.cast import refuses

TEN, ELEVEN = datetime.time(10), datetime.time(11)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("intake_fee_positive", {"highest_fee": -1}),
        ("intake_step_range", {"step": 0}),
        ("intake_step_range", {"step": 5}),
    ],
)
def test_the_database_refuses_an_intake(wim, constraint, fields):
    refuses(constraint, Intake.objects.create, client=wim, **fields)


def test_every_answer_of_an_intake_may_be_missing(wim):
    assert Intake.objects.create(client=wim).step == 1


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("style_preference_once", {"dimension": "warmth"}),
        ("style_preference_dimension_known", {"dimension": "mood"}),
        ("style_preference_position_range", {"position": 4}),
        ("style_preference_position_range", {"position": -4}),
        ("style_preference_importance_range", {"importance": 4}),
        ("style_preference_importance_range", {"importance": -1}),
    ],
)
def test_the_database_refuses_a_preference(wim, constraint, fields):
    wim.style_preferences.create(dimension="warmth", position=3)

    refuses(constraint, wim.style_preferences.create, **({"dimension": "time", "position": 0} | fields))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("time_window_once", {}),
        ("time_window_weekday_known", {"weekday": 7}),
        ("time_window_ends_after_start", {"weekday": 1, "ends": TEN}),
    ],
)
def test_the_database_refuses_a_time_window(wim, constraint, fields):
    hour = {"weekday": 0, "starts": TEN, "ends": ELEVEN}
    wim.time_windows.create(**hour)

    refuses(constraint, wim.time_windows.create, **(hour | fields))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("wish_once", {}),
        ("wish_attribute_known", {"attribute": "ethnicity"}),
        ("wish_accepts_something", {"attribute": "age_group", "accepted": []}),
    ],
)
def test_the_database_refuses_a_wish(wim, constraint, fields):
    wish = {"attribute": "gender", "accepted": ["woman", "non-binary"]}
    wim.wishes.create(**wish)

    refuses(constraint, wim.wishes.create, **(wish | fields))
