"""What a clinic may ask: with a right to it, until the right ends, and one of them after sessions."""

import datetime
from itertools import product

import pytest
import time_machine

from alliance_match.audit.actors import SystemActor
from surveys.models import AllianceChoice, Declaration, Instrument, SwitchedOff
from surveys.services import (
    NotSwitchedError,
    alliance_instrument_choose,
    instrument_switch_off,
    instrument_switch_on,
)
from tests.cast import make_instrument, refuses

DAY = datetime.date(2026, 3, 2)
# 23:30 in Berlin on that day, and half an hour later it is over there.
BEFORE_MIDNIGHT = datetime.datetime(2026, 3, 2, 22, 30, tzinfo=datetime.UTC)
AFTER_MIDNIGHT = datetime.datetime(2026, 3, 2, 23, 30, tzinfo=datetime.UTC)


@pytest.fixture
def own(linden, asha):
    """Linden's own instrument, not switched on."""
    return make_instrument(linden, asha)


def on(clinic):
    return set(Instrument.objects.in_use(clinic).values_list("code", flat=True))


def shipped(code):
    return Instrument.objects.get(clinic=None, code=code)


def why(change, **given):
    with pytest.raises(NotSwitchedError) as refused:
        change(**given, by=SystemActor.COMMAND)
    return refused.value.why


def test_what_ships_is_on_but_for_what_needs_somebody(linden):
    assert on(linden) == {
        "alliance-check",
        "alliance-check-de",
        "phq-8",
        "gad-7",
        "mini-ipip",
        "style-preferences",
    }


def test_what_asks_about_self_harm_cannot_be_switched_on(linden):
    phq = shipped("phq-9")

    assert why(instrument_switch_on, instrument=phq, clinic=linden) == "needs_somebody"
    assert "phq-9" not in on(linden)


def test_a_shipped_one_is_switched_off_and_on_for_one_clinic(linden, birch):
    gad = shipped("gad-7")

    for _ in range(2):
        instrument_switch_off(instrument=gad, clinic=linden, by=SystemActor.COMMAND)
    assert "gad-7" not in on(linden)
    assert "gad-7" in on(birch)

    instrument_switch_on(instrument=gad, clinic=linden, by=SystemActor.COMMAND)
    assert "gad-7" in on(linden)


def test_an_own_one_is_off_until_it_is_switched_on(linden, birch, own):
    assert own.code not in on(linden)

    instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    assert own.code in on(linden)
    assert own.code not in on(birch)

    instrument_switch_off(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    assert own.code not in on(linden)


def test_without_a_declaration_there_is_no_switch(linden, own):
    own.declarations.all().delete()

    assert why(instrument_switch_on, instrument=own, clinic=linden) == "undeclared"


def test_another_clinics_declaration_counts_for_nothing(birch, own):
    assert why(instrument_switch_on, instrument=own, clinic=birch) == "undeclared"


def test_it_is_on_until_the_last_day_is_over_where_the_clinic_is(linden, own):
    Declaration.objects.update(expires_on=DAY)

    with time_machine.travel(BEFORE_MIDNIGHT, tick=False):
        instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)
        assert own.code in on(linden)
    with time_machine.travel(AFTER_MIDNIGHT, tick=False):
        assert own.code not in on(linden)
        assert why(instrument_switch_on, instrument=own, clinic=linden) == "undeclared"


def test_the_alliance_check_is_asked_unless_another_was_chosen(linden, birch, own, instrument):
    assert Instrument.objects.alliance_of(linden) == instrument

    instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    alliance_instrument_choose(instrument=own, clinic=linden, by=SystemActor.COMMAND)

    assert Instrument.objects.alliance_of(linden) == own
    assert Instrument.objects.alliance_of(birch) == instrument


def test_the_newest_version_that_is_on_is_asked(linden, asha, own):
    instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    alliance_instrument_choose(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    newer = make_instrument(linden, asha, version=2)
    assert Instrument.objects.alliance_of(linden) == own

    instrument_switch_on(instrument=newer, clinic=linden, by=SystemActor.COMMAND)
    assert Instrument.objects.alliance_of(linden) == newer


def test_when_the_right_ends_the_alliance_check_is_asked_again(linden, own, instrument):
    Declaration.objects.update(expires_on=DAY)
    with time_machine.travel(BEFORE_MIDNIGHT, tick=False):
        instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)
        alliance_instrument_choose(instrument=own, clinic=linden, by=SystemActor.COMMAND)
        instrument_switch_off(instrument=instrument, clinic=linden, by=SystemActor.COMMAND)

    with time_machine.travel(AFTER_MIDNIGHT, tick=False):
        assert Instrument.objects.alliance_of(linden) == instrument


def test_only_what_is_on_and_measures_the_alliance_is_asked_after_sessions(linden, own):
    assert why(alliance_instrument_choose, instrument=own, clinic=linden) == "off"
    assert why(alliance_instrument_choose, instrument=shipped("gad-7"), clinic=linden) == "other_purpose"
    assert not AllianceChoice.objects.exists()


def test_what_is_asked_after_sessions_is_not_switched_off(linden, own, instrument):
    assert why(instrument_switch_off, instrument=instrument, clinic=linden) == "asked"

    instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    alliance_instrument_choose(instrument=own, clinic=linden, by=SystemActor.COMMAND)

    assert why(instrument_switch_off, instrument=own, clinic=linden) == "asked"
    instrument_switch_off(instrument=instrument, clinic=linden, by=SystemActor.COMMAND)
    assert SwitchedOff.objects.filter(instrument=instrument).exists()


def test_a_choice_can_be_taken_back(linden, own, instrument):
    instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    for one in (own, instrument, own, instrument):
        alliance_instrument_choose(instrument=one, clinic=linden, by=SystemActor.COMMAND)

    assert Instrument.objects.alliance_of(linden) == instrument


def test_it_is_switched_off_once(linden):
    gad = shipped("gad-7")
    instrument_switch_off(instrument=gad, clinic=linden, by=SystemActor.COMMAND)

    refuses("switched_off_once", SwitchedOff.objects.create, clinic=linden, instrument=gad)


@pytest.mark.parametrize(("declared", "ended", "switched"), list(product([True, False], repeat=3)))
def test_it_is_on_only_with_all_that_it_takes(linden, own, declared, ended, switched):
    ends = DAY if ended else None
    Declaration.objects.update(expires_on=ends, switched_on=DAY if switched else None)
    if not declared:
        Declaration.objects.all().delete()

    assert (own.code in on(linden)) == (declared and switched and not ended)


def test_a_version_in_the_readers_language_is_asked_while_it_is_on(linden, instrument):
    german = shipped("alliance-check-de")
    asked = Instrument.objects.alliance_of
    assert (asked(linden, "de"), asked(linden, "en"), asked(linden)) == (german, instrument, instrument)

    instrument_switch_off(instrument=german, clinic=linden, by=SystemActor.COMMAND)
    assert asked(linden, "de") == instrument


def test_of_a_clinics_own_choice_no_other_questionnaire_is_a_version(linden, own):
    instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    alliance_instrument_choose(instrument=own, clinic=linden, by=SystemActor.COMMAND)

    assert Instrument.objects.alliance_of(linden, "de") == own
