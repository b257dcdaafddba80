"""Text that a spreadsheet program would run is written harmlessly, and read back exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.transfer.spreadsheet_text import ACTIVE, formula_escaped, formula_unescaped

tricky = st.text(st.sampled_from("'=+-@\t\r\nab＝"), max_size=6)


@given(tricky)
def test_reads_back_what_it_wrote(text):
    assert formula_unescaped(formula_escaped(text)) == text


@given(tricky)
def test_never_writes_a_cell_that_begins_like_a_formula(text):
    assert formula_escaped(text)[:1] not in ACTIVE


@pytest.mark.parametrize("text", ["", "'", "'t Hooft", "Anna", "5 + 5", "a=b"])
def test_leaves_plain_text_alone(text):
    assert formula_escaped(text) == text
    assert formula_unescaped(text) == text


@pytest.mark.parametrize("cell", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)"])
def test_reads_a_formula_as_the_text_it_is(cell):
    assert formula_unescaped(cell) == cell
