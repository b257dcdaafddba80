"""What ships is whole, installed once, and never changed, but for the format of what is stored."""

from importlib import import_module
from statistics import fmean

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.audit.actors import SystemActor
from alliance_match.vocabulary import StyleDimension
from surveys.instrument_file import COLUMNS, DEFINITION
from surveys.instrument_reading import instrument_read
from surveys.models import Instrument
from surveys.scoring import score
from surveys.services.shipped_instruments import SHIPPED, instruments_install
from tests.cast import ITEMS, refuses, shipped_instrument
from tests.instruments import FILES, shipped

ONE_FORMAT = import_module("surveys.migrations.0004_one_format")
FACETS = ("bond", "task", "goal")
# The Alliance Check as it was stored first.
FIRST = {
    "language": "en",
    "stem": "Thinking of this session…",
    "scale": {"lowest": 0, "highest": 10, "lowest_label": "not at all", "highest_label": "completely"},
    "items": [
        {"key": "item_1", "text": "It was easy to open up.", "facet": "bond"},
        {"key": "item_2", "text": "My therapist gets what it is like to be me.", "facet": "bond"},
        {"key": "item_3", "text": "I left with the sense that we had done good work.", "facet": "task"},
        {"key": "item_4", "text": "The pace and style suited me.", "facet": "task"},
        {"key": "item_5", "text": "We are both clear about what I want from therapy.", "facet": "goal"},
        {"key": "item_6", "text": "We worked as a team.", "facet": "goal"},
    ],
    "facet_needs": 1,
    "total_needs": 5,
}
NOT_VALIDATED = {"en": "not been validated", "de": "nicht validiert"}


def scored_then(definition, answers):
    """Total and facets as they were worked out for the first format."""
    scale = definition["scale"]

    def figure(items, needs):
        given = [answers[item["key"]] for item in items if answers[item["key"]] is not None]
        lowest, highest = scale["lowest"], scale["highest"]
        return (fmean(given) - lowest) / (highest - lowest) * 100 if len(given) >= needs else None

    items = definition["items"]
    facets = [
        figure([item for item in items if item["facet"] == facet], definition["facet_needs"])
        for facet in FACETS
    ]
    return figure(items, definition["total_needs"]), *facets


def test_the_box_holds_seven():
    assert set(FILES) == {
        "alliance-check",
        "alliance-check-de",
        "phq-9",
        "phq-8",
        "gad-7",
        "mini-ipip",
        "style-preferences",
    }


def test_a_file_is_named_after_what_it_holds():
    for path in SHIPPED.glob("*.json"):
        file = instrument_read(path.read_bytes())
        assert path.name == f"{file.code}.v{file.version}.json"


@pytest.mark.parametrize("code", FILES)
def test_a_file_fits_its_columns_and_may_ship(code):
    file = instrument_read(FILES[code])
    row = Instrument(code=code, version=file.version, definition=dict(file.definition), **file.columns)

    row.clean_fields()
    assert row.may_ship


def test_what_was_never_validated_says_so():
    said = {code for code, data in FILES.items() if not instrument_read(data).columns["validated"]}

    assert said == {"alliance-check", "alliance-check-de", "style-preferences"}
    for code in said:
        file = instrument_read(FILES[code])
        assert NOT_VALIDATED[file.definition["language"]] in file.columns["attribution"]


def test_the_phq_8_is_the_phq_9_without_item_nine():
    nine, eight = shipped("phq-9"), shipped("phq-8")

    assert [*nine["items"][:8], nine["items"][9]] == eight["items"]
    assert (nine["scale"], nine["stem"]) == (eight["scale"], eight["stem"])


def test_styles_are_those_that_suggestions_look_at():
    keys = [part["key"] for part in shipped("style-preferences")["subscales"]]

    assert keys == StyleDimension.values


def test_installing_again_changes_nothing(instrument):
    Instrument.objects.update(title="As it was answered")

    assert instrument in instruments_install(by=SystemActor.COMMAND)
    assert set(Instrument.objects.values_list("title")) == {("As it was answered",)}
    assert Instrument.objects.count() == len(FILES)


def test_the_migration_installs_what_the_service_does(db):
    migrated = {one.code: one.file for one in Instrument.objects.all()}
    Instrument.objects.all().delete()

    assert {one.code: one.file for one in instruments_install(by=SystemActor.COMMAND)} == migrated
    assert (ONE_FORMAT.COLUMNS, ONE_FORMAT.DEFINITION) == (COLUMNS, DEFINITION)


def test_a_row_in_the_first_format_is_written_anew(instrument):
    Instrument.objects.filter(pk=instrument.pk).update(definition=FIRST)

    ONE_FORMAT.rewrite(apps, None)

    instrument.refresh_from_db()
    assert instrument.definition == shipped("alliance-check")


@given(st.fixed_dictionaries(dict.fromkeys(ITEMS, st.none() | st.integers(0, 10))))
def test_no_score_changes_with_the_format(answers):
    now = score(ONE_FORMAT.rewritten(FIRST), answers)

    assert (now.total, now.bond, now.task, now.goal) == scored_then(FIRST, answers)


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
