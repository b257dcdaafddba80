"""Which questionnaires are asked, and what is heard of danger whatever else is sent."""

import pytest
from django.http import QueryDict

from alliance_match.accounts.models import Membership
from alliance_match.audit.actors import SystemActor
from alliance_match.safety.symptoms import danger_heard, danger_steps, parts_asked
from surveys.models import Instrument, SwitchedOff
from surveys.services import NotSwitchedError, instrument_switch_off, instrument_switch_on
from tests.cast import make_crisis_care


@pytest.fixture
def care(linden, asha, mara):
    return make_crisis_care(linden, asha, mara.user)


def codes(clinic):
    return {part: one.code for part, one in parts_asked(clinic).items()}


def test_without_an_owner_the_ninth_question_is_not_asked(linden):
    assert codes(linden) == {"mood": "phq-8", "worry": "gad-7"}


def test_with_an_owner_it_is(linden, care, birch):
    assert codes(linden) == {"mood": "phq-9", "worry": "gad-7"}
    assert codes(birch)["mood"] == "phq-8"


def test_an_owner_whose_account_is_closed_is_none(linden, care, asha):
    asha.is_active = False
    asha.save()

    assert codes(linden)["mood"] == "phq-8"


def test_an_owner_who_left_is_none(linden, care, asha):
    Membership.objects.filter(user=asha).delete()

    assert codes(linden)["mood"] == "phq-8"


def test_an_owner_who_is_staff_elsewhere_only_is_none(linden, care, bruno):
    care.owner = bruno
    care.save()

    assert codes(linden)["mood"] == "phq-8"


def test_an_owner_who_is_a_client_is_none(linden, care, cleo):
    care.owner = cleo.user
    care.save()

    assert codes(linden)["mood"] == "phq-8"


def test_a_clinic_can_do_without(linden, care):
    for code in ("phq-9", "gad-7"):
        instrument_switch_off(
            instrument=Instrument.objects.get(code=code), clinic=linden, by=SystemActor.COMMAND
        )

    assert codes(linden) == {"mood": "phq-8"}


def test_the_phq_9_cannot_be_switched_on_without_an_owner(linden, care, asha):
    phq_9 = Instrument.objects.get(code="phq-9")
    instrument_switch_off(instrument=phq_9, clinic=linden, by=SystemActor.COMMAND)
    Membership.objects.filter(user=asha).delete()

    with pytest.raises(NotSwitchedError):
        instrument_switch_on(instrument=phq_9, clinic=linden, by=SystemActor.COMMAND)

    assert SwitchedOff.objects.filter(instrument=phq_9).exists()


def test_an_owner_is_not_enough_where_nobody_hears_the_answer(linden, care, cleo):
    """The check-in hears no danger, so an instrument about the alliance may not ask of it."""
    Instrument.objects.create(
        clinic=None,
        code="ours",
        version=1,
        may_ship=True,
        definition={"purpose": "alliance", "items": [{"key": "a", "opens": {"what": "crisis", "from": 1}}]},
    )

    assert Instrument.objects.waiting_for_somebody(linden).filter(code="ours").exists()
    assert not Instrument.objects.in_use(linden).filter(code="ours").exists()


@pytest.mark.parametrize(
    ("part", "sent", "level"),
    [
        ("mood", "item_9=1", 1),
        ("mood", "item_9=3", 3),
        ("mood", "item_9=2&item_1=nonsense&sheet=none", 2),
        ("mood", "item_9=0&item_9=2", 2),
        ("mood", "item_9=0", None),
        ("mood", "item_9=skip", None),
        ("mood", "item_9=4", None),
        ("mood", "item_9=-1", None),
        ("mood", "item_9=", None),
        ("mood", "item_9=1e0", None),
        ("mood", "item_8=3", None),
        ("worry", "item_9=3", None),
        ("mood", "", None),
    ],
)
def test_it_hears_the_answers_that_tell_of_danger_and_no_others(db, part, sent, level):
    heard = danger_heard(part, QueryDict(sent))

    assert (heard and heard[1]) == level


def test_any_step_above_not_at_all_of_the_ninth_question_tells_of_danger_and_nothing_else_does(instrument):
    shipped = {one.code: danger_steps(one) for one in Instrument.objects.filter(clinic=None)}

    assert shipped.pop("phq-9") == {"item_9": range(1, 4)}
    assert not any(shipped.values())
