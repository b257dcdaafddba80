"""docs/data.md names every column, as it is."""

import re
from pathlib import Path

import pytest

from alliance_match.transfer.columns import TRAIT
from alliance_match.transfer.importing import TABLES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "data.md").read_text("utf-8")
ROW = re.compile(
    r"^\| `(?P<name>\w+)` \| (?P<kind>.+?) \| (?P<required>yes|no) \| .+? \| (?P<example>.*?) \|$", re.M
)


def documented(table):
    """The column rows below a file's heading."""
    section = PAGE.split(f"## {table.file}", 1)[1].split("\n## ", 1)[0]
    return {row["name"]: row for row in ROW.finditer(section) if not row["name"].startswith(TRAIT)}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_names_every_column_in_order(table):
    assert list(documented(table)) == [column.name for column in table.columns]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_says_which_columns_are_required(table):
    required = {name for name, row in documented(table).items() if row["required"] == "yes"}
    assert required == {column.name for column in table.columns if column.required}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_gives_examples_that_can_be_read(table):
    for column in table.columns:
        example = documented(table)[column.name]["example"].strip("`")
        assert column.read(example) not in ("", None, [])
