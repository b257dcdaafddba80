"""A client's own course: only what is more than noise is called a change."""

from uuid import uuid4

import pytest

from alliance_match.audit.actors import SystemActor
from alliance_match.safety.services import symptom_check_submit
from alliance_match.safety.symptom_course import change_in_words, symptom_courses
from surveys.models import Instrument


def measured(client, code, *totals):
    """Checks that come to these totals."""
    instrument = Instrument.objects.get(clinic=None, code=code)
    keys = [item["key"] for item in instrument.definition["items"] if item.get("scored", True)]
    for total in totals:
        answers = dict.fromkeys(keys, 0)
        for key in keys:
            answers[key] = min(3, total - sum(answers.values()))
        symptom_check_submit(
            client=client,
            instrument=instrument,
            sheet=uuid4(),
            answers=answers,
            shared=False,
            by=SystemActor.COMMAND,
        )


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        ([12], ""),
        ([12, 7], "No clear change since day 0."),
        ([12, 6], "Clearly better than on day 0."),
        ([12, 6, 12], "Clearly harder than on day 1."),
        ([20, 12, 13], "Clearly better than on day 0."),
        ([6, 12, 12], "Clearly harder than on day 0."),
    ],
)
def test_the_newest_is_compared_with_the_last_from_which_it_clearly_differs(totals, words):
    assert change_in_words([(f"day {k}", total) for k, total in enumerate(totals)], 6) == words


def test_each_questionnaire_has_a_course_of_its_own(cleo):
    measured(cleo, "phq-9", 20, 12)
    measured(cleo, "gad-7", 4)

    worry, mood = symptom_courses(cleo)

    assert [point.value for point in mood.points] == [20, 12]
    assert (mood.highest, mood.band) == (27, "moderate")
    assert mood.words.startswith("Clearly better than on ")
    assert (worry.highest, worry.band, worry.words) == (21, "minimal", "")


def test_the_band_is_the_noise_of_one_measurement_and_stays_on_the_scale(cleo):
    measured(cleo, "phq-9", 1, 12)

    first, second = symptom_courses(cleo)[0].points

    assert (first.low, round(first.high, 2)) == (0, 5.24)
    assert (round(second.low, 2), round(second.high, 2)) == (7.76, 16.24)


def test_without_a_published_figure_nothing_is_said_about_change(cleo):
    measured(cleo, "phq-8", 20, 2)

    assert symptom_courses(cleo)[0].words == ""


def test_what_could_not_be_counted_is_not_drawn(cleo):
    instrument = Instrument.objects.get(clinic=None, code="gad-7")
    symptom_check_submit(
        client=cleo,
        instrument=instrument,
        sheet=uuid4(),
        answers={"item_1": 3},
        shared=False,
        by=SystemActor.COMMAND,
    )

    assert symptom_courses(cleo) == []
