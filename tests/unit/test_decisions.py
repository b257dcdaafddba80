"""Every decision says how it stands and since when, and the index lists them all."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "decisions"
PAGES = sorted(FOLDER.glob("[0-9]*.md"))
HEAD = re.compile(r"# (\d{4}) · (.+)\n\n(Accepted|Superseded by \[\d{4}\]\(.+\)) on (\d{4}-\d\d-\d\d)\.\n")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name[:4])
def test_a_decision_has_a_number_a_title_a_status_and_a_date_and_stands_in_the_index(path):
    head = HEAD.match(path.read_text("utf-8"))
    assert head, "begin with `# 0001 · Title`, an empty line and `Accepted on 2026-11-23.`"
    number, title, status, day = head.groups()
    assert path.name.startswith(f"{number}-")
    row = f"| [{number}]({path.name}) | {title} | {status.split()[0].lower()} | {day} |"
    assert row in (FOLDER / "README.md").read_text("utf-8").splitlines()


def test_no_number_is_given_twice():
    numbers = [path.name[:4] for path in PAGES]
    assert sorted(set(numbers)) == numbers
