"""Answers about symptoms are stored once for each sheet, with what they come to."""

from uuid import uuid4

import pytest

from alliance_match.audit.actors import SystemActor
from alliance_match.safety.models import SymptomCheck
from alliance_match.safety.services import symptom_check_submit
from surveys.models import Instrument

SHEET = uuid4()


@pytest.fixture
def submit(cleo):
    """A function that submits answers to the PHQ-9."""
    instrument = Instrument.objects.get(clinic=None, code="phq-9")

    def submit(answers, sheet=SHEET, shared=False):
        given = {f"item_{k}": answer for k, answer in enumerate(answers, 1)}
        return symptom_check_submit(
            client=cleo,
            instrument=instrument,
            sheet=sheet,
            answers=given,
            shared=shared,
            by=SystemActor.COMMAND,
        )

    return submit


@pytest.mark.parametrize(
    ("answers", "total"),
    [
        ([1] * 9, 9),
        ([3] * 9, 27),
        ([2] * 6 + [None, None, 0], 12 * 9 / 7),
        ([2] * 5 + [None, None, None, 0], None),
        ([2] * 8 + [None], None),
    ],
    ids=["all", "most", "two missing", "three missing", "the ninth missing"],
)
def test_it_stores_what_the_answers_come_to(submit, answers, total):
    stored = SymptomCheck.objects.get(pk=submit(answers).pk)

    assert stored.total == (None if total is None else pytest.approx(total))
    assert stored.answers["item_1"] == answers[0]


def test_the_same_sheet_sent_again_is_the_one_stored_first(submit):
    first = submit([1] * 9)

    assert submit([3] * 9) == first
    assert SymptomCheck.objects.get().total == 9


def test_another_sheet_is_another_check(submit):
    submit([1] * 9)
    submit([1] * 9, uuid4())

    assert SymptomCheck.objects.count() == 2


@pytest.mark.parametrize("bad", [4, -1, True, "2"])
def test_answers_off_the_scale_store_nothing(submit, bad):
    with pytest.raises(ValueError, match="item_1"):
        submit([bad] + [0] * 8)

    assert not SymptomCheck.objects.exists()
