"""docs/instruments.md says what is so."""

import re
from pathlib import Path

import pytest

from surveys.definition import InstrumentPurpose
from surveys.instrument_file import COLUMNS, DEFINITION
from surveys.instrument_reading import instrument_read
from surveys.scoring import score
from tests.instruments import FILES

TEXT = (Path(__file__).resolve().parents[3] / "docs/instruments.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


def test_its_example_is_a_whole_file():
    file = instrument_read(EXAMPLE.encode())
    scores = score(file.definition, {"heard": 3, "apart": 1})

    assert (scores.whole.points, scores.band, scores.bond) == (6, "close", 100)


MEMBERS = ("code", "version", *COLUMNS, *DEFINITION, *InstrumentPurpose.values)


@pytest.mark.parametrize("name", MEMBERS)
def test_it_tells_of_every_member(name):
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("code", FILES)
def test_it_tells_of_everything_in_the_box(code):
    assert f"| {instrument_read(FILES[code]).columns['title']} |" in TEXT
