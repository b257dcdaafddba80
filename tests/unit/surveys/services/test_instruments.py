"""A clinic brings an instrument whole or not at all, and declares that it may use it."""

import datetime
import json

import pytest
from django.db import IntegrityError

from alliance_match.audit.actors import SystemActor
from surveys.models import Declaration, Instrument
from surveys.node import DefinitionError
from surveys.services import LicenceRights, instrument_bring, instrument_switch_on, licence_declare
from tests.cast import make_instrument, make_rating, refuses
from tests.instruments import file_of, own_file

TODAY = datetime.date(2026, 3, 2)
RIGHTS = LicenceRights(rights_holder="The society", licence_number="", expires_on=None)


@pytest.fixture
def own(linden, asha):
    """Linden's own instrument."""
    return make_instrument(linden, asha)


def bring(clinic, by, content):
    return instrument_bring(clinic=clinic, data=json.dumps(content).encode(), rights=RIGHTS, by=by)


def test_it_is_the_clinics_own_with_who_declared_what(linden, birch, own, asha):
    declared = own.declarations.get()

    assert own.file.as_json() == own_file()
    assert (declared.declared_by, declared.declared_name) == (asha, "Asha")
    assert (declared.rights_holder, declared.licence_number, declared.switched_on) == (
        "The society",
        "A-1",
        None,
    )
    assert own in Instrument.objects.for_clinic(linden)
    assert own not in Instrument.objects.for_clinic(birch)


def test_the_same_file_again_is_one_instrument_and_one_declaration(linden, asha, own):
    assert make_instrument(linden, asha) == own
    assert Declaration.objects.count() == 1


def test_a_version_never_says_something_else(linden, asha, own):
    with pytest.raises(DefinitionError, match=r"version: .* next version"):
        make_instrument(linden, asha, stem="Another")
    with pytest.raises(DefinitionError, match=r"version: .* next version"):
        make_instrument(linden, asha, licence="Another")

    own.refresh_from_db()
    assert own.definition["stem"] == "Placeholder"
    assert Declaration.objects.count() == 1


def test_a_correction_is_the_next_version_and_the_old_stays(linden, asha, own, third_session):
    make_rating(third_session, instrument=own)

    newer = make_instrument(linden, asha, version=2, stem="Corrected")

    assert Instrument.objects.for_clinic(linden).newest(own.code) == newer
    assert third_session.alliance_ratings.get().instrument.definition["stem"] == "Placeholder"


def test_each_clinic_has_its_own(birch, bruno, own):
    assert make_instrument(birch, bruno, stem="Another") != own


def test_the_code_of_a_shipped_one_is_taken(linden, asha, instrument):
    with pytest.raises(DefinitionError, match=r"^code: "):
        bring(linden, asha, file_of(version=2))


def test_nothing_of_a_malformed_file_is_stored(linden, asha, instrument):
    before = Instrument.objects.count()

    with pytest.raises(DefinitionError, match=r"^items\[0\]\.key: "):
        bring(linden, asha, own_file(items=[{"key": "", "text": "x"}]))

    assert Instrument.objects.count() == before
    assert not Declaration.objects.exists()


def test_of_two_who_bring_the_same_at_once_both_get_it(linden, asha, own, monkeypatch):
    def too_late(**_):
        raise IntegrityError

    monkeypatch.setattr(Instrument.objects, "get_or_create", too_late)

    assert make_instrument(linden, asha) == own


def test_a_shipped_one_needs_no_declaration(instrument, asha):
    with pytest.raises(ValueError, match="shipped"):
        licence_declare(instrument=instrument, rights=RIGHTS, by=asha)


def test_what_is_switched_on_stays_so_under_a_new_declaration(linden, asha, own):
    instrument_switch_on(instrument=own, clinic=linden, by=SystemActor.COMMAND)
    Declaration.objects.update(expires_on=datetime.date(2999, 1, 1))

    made = licence_declare(instrument=own, rights=RIGHTS, by=asha)

    assert made.switched_on is not None
    assert licence_declare(instrument=own, rights=RIGHTS, by=asha) == made


def test_the_database_refuses_a_switch_after_the_last_day(own):
    fields = {"instrument": own, "expires_on": TODAY, "switched_on": TODAY + datetime.timedelta(days=1)}

    refuses("declaration_switched_on_before_it_ends", Declaration.objects.create, **fields)


def test_the_declaration_outlives_the_account(own, asha):
    asha.delete()

    assert own.declarations.get().declared_name == "Asha"
