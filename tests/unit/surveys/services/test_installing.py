"""The shipped instrument is whole, installed once, and never changed."""

import json

import pytest

from surveys.models import Instrument
from surveys.services.installing import COLUMNS, DEFINITION, SHIPPED, instruments_install
from tests.cast import refuses, shipped_instrument

FILES = sorted(SHIPPED.glob("*.json"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def file(request):
    """One instrument file."""
    return json.loads(request.param.read_text("utf-8"))


def test_something_is_shipped():
    assert [path.stem for path in FILES] == ["alliance-check.v1"]


def test_a_file_is_named_after_what_it_holds():
    for path in FILES:
        file = json.loads(path.read_text("utf-8"))
        assert path.name == f"{file['code']}.v{file['version']}.json"


def test_a_file_says_all_that_is_stored(file):
    assert {"code", "version", *COLUMNS, *DEFINITION} == set(file)


def test_a_file_fits_its_columns(file):
    row = Instrument(
        code=file["code"],
        version=file["version"],
        definition={name: file[name] for name in DEFINITION},
        **{name: file[name] for name in COLUMNS},
    )

    row.clean_fields()


def test_its_items_have_keys_of_their_own_and_known_facets(file):
    keys = [item["key"] for item in file["items"]]

    assert len(set(keys)) == len(keys)
    assert {item["facet"] for item in file["items"]} == {"bond", "task", "goal"}
    assert all(item["text"].strip() for item in file["items"])


def test_its_rules_can_be_met(file):
    assert 1 <= file["facet_needs"] <= len(file["items"]) // 3
    assert 1 <= file["total_needs"] <= len(file["items"])
    assert file["scale"]["lowest"] < file["scale"]["highest"]


def test_only_what_may_be_shipped_is(file):
    assert file["may_ship"] is True


def test_installing_again_changes_nothing(instrument):
    Instrument.objects.update(title="As it was answered")

    assert instruments_install() == [instrument]
    assert Instrument.objects.get().title == "As it was answered"


def test_a_version_is_there_once(instrument):
    refuses("instrument_version_once", Instrument.objects.create, **again(instrument))


def test_without_a_clinic_it_must_be_allowed_to_ship(instrument):
    fields = again(instrument) | {"version": 2, "may_ship": False}

    refuses("instrument_shipped_only_if_allowed", Instrument.objects.create, **fields)


def again(instrument, **fields):
    kept = {name: getattr(instrument, name) for name in ("code", "version", "definition", *COLUMNS)}
    return kept | {"clinic": None} | fields


def test_the_newest_version_is_taken(linden, instrument):
    newer = Instrument.objects.create(**again(instrument, version=2))

    assert Instrument.objects.for_clinic(linden).newest("alliance-check") == newer


def test_a_clinics_own_instrument_is_nobody_elses(linden, birch):
    own = Instrument.objects.create(**again(shipped_instrument(), version=9, clinic=birch))

    assert own in Instrument.objects.for_clinic(birch)
    assert own not in Instrument.objects.for_clinic(linden)
