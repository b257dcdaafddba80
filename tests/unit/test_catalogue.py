"""The catalogue of every language is whole, sound and compiled, and holds all that the pages say."""

import ast
import gettext
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance_match import settings

ROOT = Path(__file__).resolve().parents[2]
GATHERED = ["alliance_match", "therapists", "clients", "surveys", "templates", "locale"]
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
PLACES = re.compile(r"%\(\w+\)[ds]|%[ds]|\{\w+\}|</?\w+[^>]*>")
NEVER = re.compile(
    r"\b(perfekt\w*|(aller)?beste\w*|scores?|prozent\w*|sterne?n?)\b|\d\s?%(?!\()", re.IGNORECASE
)


def entries(path: Path) -> Iterator[dict[str, str]]:
    """Each entry of a catalogue by its keywords: msgctxt, msgid, msgid_plural, msgstr or msgstr[n], flags."""
    for block in path.read_text("utf-8").split("\n\n"):
        flags = "".join(line for line in block.splitlines() if line.startswith("#,"))
        found = re.findall(r'^(msg\S+) ((?:".*"\n?)+)', block, re.MULTILINE)
        words = {key: "".join(map(ast.literal_eval, text.splitlines())) for key, text in found}
        if words["msgid"]:
            yield words | {"flags": flags}


def texts(entry: dict[str, str]) -> list[tuple[str, str]]:
    """Each text with its translation: one, or the singular and the plural."""
    if "msgid_plural" not in entry:
        return [(entry["msgid"], entry["msgstr"])]
    return [(entry["msgid"], entry["msgstr[0]"]), (entry["msgid_plural"], entry["msgstr[1]"])]


def compiled(entry: dict[str, str]) -> dict[object, str]:
    """What gettext keeps of an entry."""
    key = "\4".join(entry[part] for part in ("msgctxt", "msgid") if part in entry)
    if "msgid_plural" not in entry:
        return {key: entry["msgstr"]}
    return {(key, n): text for n, (_, text) in enumerate(texts(entry))}


def test_there_is_one_for_each_language_but_english():
    assert {path.parts[-3] for path in CATALOGUES} == {code for code, _ in settings.LANGUAGES} - {"en"}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
class TestACatalogue:
    def test_leaves_no_text_open_or_in_doubt(self, path):
        todo = [one["msgid"] for one in entries(path) if not all(text for _, text in texts(one))]
        doubtful = [one["msgid"] for one in entries(path) if "fuzzy" in one["flags"]]
        assert todo + doubtful == []

    def test_keeps_placeholders_and_tags(self, path):
        pairs = [pair for one in entries(path) for pair in texts(one)]
        assert [(a, b) for a, b in pairs if sorted(PLACES.findall(a)) != sorted(PLACES.findall(b))] == []

    def test_promises_nothing(self, path):
        assert [text for one in entries(path) for _, text in texts(one) if NEVER.search(text)] == []

    def test_is_compiled_as_it_stands(self, path):
        with path.with_suffix(".mo").open("rb") as file:
            kept = vars(gettext.GNUTranslations(file))["_catalog"]
        kept.pop("")
        assert kept == {key: text for one in entries(path) for key, text in compiled(one).items()}


@pytest.mark.skipif(not shutil.which("xgettext"), reason="there is no gettext here")
def test_gathering_the_texts_again_changes_nothing(tmp_path):
    for name in GATHERED:
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("Makefile", "manage.py"):
        shutil.copy(ROOT / name, tmp_path)
    subprocess.run(
        ["make", "--old-file", ".venv/.dev", "messages", f"RUN={sys.executable}"], cwd=tmp_path, check=True
    )
    for path in CATALOGUES:
        gathered = tmp_path / path.relative_to(ROOT)
        assert gathered.read_text("utf-8") == path.read_text("utf-8")
        assert gathered.with_suffix(".mo").read_bytes() == path.with_suffix(".mo").read_bytes()


def test_texts_are_marked_by_names_that_gathering_knows():
    aliases = re.compile(r"import \w*gettext\w* as (?!_$).*", re.MULTILINE)
    code = [path for name in GATHERED for path in (ROOT / name).rglob("*.py")]
    assert {str(path): found for path in code if (found := aliases.findall(path.read_text("utf-8")))} == {}
