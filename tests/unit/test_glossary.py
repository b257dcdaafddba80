"""One vocabulary: a word that the glossary retired is nowhere in code, tests or pages."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## Glossary")[2]
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| (.*?) ?\|$", GLOSSARY, re.MULTILINE)[1:]
RETIRED = [word for _term, _meaning, formerly in ROWS for word in re.findall(r"`(.+?)`", formerly)]
SEARCHED = ["*.py", "*.html", "*.txt", "*.css", "*.js", "*.md", "*.yml"]
# Migrations and changes speak of their time; the glossary has every word in its table.
LEFT_OUT = re.compile(r"/migrations/|^docs/architecture\.md$|^CHANGELOG\.md$|^requirements")


def texts() -> dict[str, str]:
    """Every text of code and pages by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SEARCHED],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    paths = [path for path in listed if not LEFT_OUT.search(path) and (ROOT / path).exists()]
    return {path: (ROOT / path).read_text("utf-8") for path in paths}


TEXTS = texts()


def as_word(retired: str) -> re.Pattern[str]:
    """A word alone or as a part of a name; of names with a capital or an underscore, the name alone."""
    if "_" in retired or retired != retired.lower():
        return re.compile(rf"\b{re.escape(retired)}\b")
    return re.compile(rf"(?<![A-Za-z]){re.escape(retired)}(?![a-z])", re.IGNORECASE)


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_is_nowhere(word):
    pattern = as_word(word)
    assert [path for path, text in TEXTS.items() if pattern.search(text) or pattern.search(path)] == []


def test_the_glossary_is_in_order_and_says_what_each_word_means():
    terms = [term for term, _meaning, _formerly in ROWS]
    assert len(terms) > 30
    assert terms == sorted(terms, key=str.lower)
    assert all(meaning for _term, meaning, _formerly in ROWS)
