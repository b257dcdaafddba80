"""Days and hours are written as each language does, in formats that all languages have."""

import re
from datetime import datetime
from importlib import import_module
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.formats import date_format

from alliance_match import settings

ROOT = Path(__file__).resolve().parents[2]
WHEN = datetime(2026, 12, 1, 14, 0)
# Alike in every language: a day of the week, and a moment as a number.
BARE = {"l", "Uu"}


def names(language):
    """The formats of a language."""
    module = import_module(f"{settings.FORMAT_MODULE_PATH}.{language}.formats")
    return {name for name in vars(module) if name.isupper()}


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_a_language_has_every_format(language):
    assert names(language) == names("en")


def test_templates_name_formats_and_spell_none_out():
    found = {
        (path.name, name)
        for path in (ROOT / "templates").rglob("*.*")
        for name in re.findall(r"\|(?:date|time):[\"']([^\"']*)", path.read_text("utf-8"))
    }
    assert {(file, name) for file, name in found if name not in names("en") | BARE} == set()


def test_code_names_formats_and_spells_none_out():
    found = {
        (path.name, name)
        for room in ("alliance_match", "therapists", "clients", "surveys")
        for path in (ROOT / room).rglob("*.py")
        for name in re.findall(r"date_format\([^()]*,\s*[\"']([^\"']*)", path.read_text("utf-8"))
    }
    known = names("en") | BARE | {"YEAR_MONTH_FORMAT"}
    assert {(file, name) for file, name in found if name not in known} == set()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Tuesday 1 December, 14:00"), ("de", "Dienstag, 1. Dezember, 14:00")],
)
def test_a_moment_reads_as_one_would_say_it(language, words):
    with translation.override(language):
        assert date_format(WHEN, "WEEKDAY_DATETIME_FORMAT") == words
