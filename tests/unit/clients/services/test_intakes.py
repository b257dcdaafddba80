"""What is stored of a client's answers, and what stays as it was."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance_match.audit.actors import SystemActor
from alliance_match.vocabulary import StyleDimension
from clients.models import Intake, StylePreference, TimeWindow, Wish
from clients.services import Answers, intake_save


def preference(client, position):
    return StylePreference(client=client, dimension=StyleDimension.WARMTH, position=position, importance=2)


def test_a_step_keeps_what_is_not_its_business(wim):
    TimeWindow.objects.create(client=wim, weekday=0, starts=datetime.time(9, 15), ends=datetime.time(10))
    intake_save(
        client=wim,
        step=3,
        answers=Answers(styles=[preference(wim, 2)]),
        finished=True,
        by=SystemActor.COMMAND,
    )
    intake_save(
        client=wim, step=2, answers=Answers({"about": "sleep"}), finished=True, by=SystemActor.COMMAND
    )
    assert Intake.objects.get(client=wim).about == "sleep"
    assert wim.style_preferences.get().position == 2
    assert wim.time_windows.get().starts == datetime.time(9, 15)


def test_rows_are_replaced_as_a_whole(wim):
    for position in (2, -1):
        intake_save(
            client=wim,
            step=3,
            answers=Answers(styles=[preference(wim, position)]),
            finished=True,
            by=SystemActor.COMMAND,
        )
    assert wim.style_preferences.get().position == -1
    intake_save(client=wim, step=3, answers=Answers(styles=[]), finished=True, by=SystemActor.COMMAND)
    assert not wim.style_preferences.exists()


def test_the_same_answers_again_write_nothing(wim):
    """A write would ask for a re-score."""
    answers = Answers(
        {"about": "sleep"},
        styles=[preference(wim, 2)],
        wishes=[Wish(client=wim, attribute="gender", accepted=["x"])],
    )
    intake_save(client=wim, step=3, answers=answers, finished=True, by=SystemActor.COMMAND)
    with CaptureQueriesContext(connection) as queries:
        intake_save(client=wim, step=3, answers=answers, finished=True, by=SystemActor.COMMAND)
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.parametrize(("steps", "reached"), [([1], 2), ([1, 2, 3], 4), ([4], 4), ([3, 1], 4)])
def test_an_intake_remembers_how_far_it_came(wim, steps, reached):
    for step in steps:
        found = intake_save(client=wim, step=step, answers=Answers(), finished=True, by=SystemActor.COMMAND)
    assert found.step == reached


def test_an_unfinished_step_is_where_one_goes_on(wim):
    assert (
        intake_save(client=wim, step=2, answers=Answers(), finished=False, by=SystemActor.COMMAND).step == 2
    )


def test_the_last_step_finishes_an_intake_for_good(wim):
    first = intake_save(
        client=wim, step=4, answers=Answers(), finished=True, by=SystemActor.COMMAND
    ).finished_at
    assert first is not None
    assert (
        intake_save(
            client=wim, step=1, answers=Answers({"place": "Riga"}), finished=True, by=SystemActor.COMMAND
        ).finished_at
        == first
    )
    assert Intake.objects.get(client=wim).place == "Riga"
