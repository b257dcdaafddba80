"""Each kind of cell reads what it wrote, and refuses the rest in plain words."""

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.transfer.cell_times import Day, Hour, Hours, Moment
from alliance_match.transfer.cell_types import (
    Choice,
    Code,
    Languages,
    Money,
    Number,
    Text,
    WholeNumber,
    Words,
    YesNo,
)
from alliance_match.transfer.faults import CellError, figures_only

text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
hours = st.builds(
    lambda day, a, b, form: Hour(day, min(a, b), max(a, b), form),
    st.integers(0, 6),
    st.times(max_value=time(11)),
    st.times(min_value=time(11, 0, 1)),
    st.sampled_from(["telehealth", "in_person"]),
)


@given(text)
def test_reads_back_text(value):
    assert Text(30).read(Text(30).write(value)) == value


@given(text.filter(lambda value: value == value.strip()))
def test_reads_back_codes(value):
    assert Code().read(Code().write(value)) == value


@given(st.lists(text, min_size=1))
def test_reads_back_lists_with_semicolons_backslashes_and_spaces(value):
    assert Words(30).read(Words(30).write(value)) == value


@given(st.floats(-1e9, 1e9).filter(lambda value: value or math.copysign(1, value) > 0))
def test_reads_back_numbers_to_the_last_bit(value):
    assert Number().read(Number().write(value)) == value


@given(st.decimals(0, Decimal("999999.99"), places=2))
def test_reads_back_amounts(value):
    assert Money().read(Money().write(value)) == value


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_reads_back_days(value):
    assert Day().read(Day().write(value)) == value


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)))
def test_reads_back_moments(value):
    assert Moment().read(Moment().write(value)) == value


@given(st.lists(hours, min_size=1, unique_by=lambda hour: hour[:2]))
def test_reads_back_hours(value):
    kind = Hours(with_format=True)
    assert kind.read(kind.write(value)) == sorted(value)


@pytest.mark.parametrize("cell", [" 2 ; 3", "2;3;", ";2; ;3"])
def test_reads_lists_however_they_are_spaced(cell):
    assert Words(30).read(cell) == ["2", "3"]


@pytest.mark.parametrize(
    ("cell", "value"), [("7", 7), ("-0", 0), ("1e2", 100), (" 2.50 ", 2.5), (".5", 0.5), ("+3", 3)]
)
def test_reads_numbers_as_people_write_them(cell, value):
    assert Number().read(cell) == value


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        (Number(), "nan", "not a number"),
        (Number(), "inf", "not a number"),
        (Number(), "-Infinity", "not a number"),
        (Number(), "1e309", "not from -1,000,000,000 to 1,000,000,000"),
        (Number(), "1000000001", "not from -1,000,000,000 to 1,000,000,000"),
        (Number(), "72,5", "decimal comma"),
        (Number(), "1_000", "not a number"),
        (Number(), "٣", "not a number"),
        (Number(0, 100), "100.1", "not from 0 to 100"),
        (Number(0, 100), "-1", "not from 0 to 100"),
        (WholeNumber(-3, 3), "4", "whole number from -3 to 3"),
        (WholeNumber(-3, 3), "1.5", "whole number"),
        (WholeNumber(0, 6), "9" * 5000, "whole number"),
        (Money(), "80,50", "decimal comma"),
        (Money(), "-1", "not an amount"),
        (Money(), "1.234", "not an amount"),
        (Money(), "1000000", "not an amount"),
        (Day(), "31/02/2026", "not a day written as"),
        (Day(), "2026-02-31", "there is no day"),
        (Day(), "1026-02-01", "from 1900 to 2199"),
        (Day(), "20260201", "not a day written as"),
        (Moment(), "2026-01-01T09:00:00", "not a moment written as"),
        (Moment(), "2026-01-01T25:00:00Z", "there is no moment"),
        (Moment(), "0001-01-01T00:00:00+14:00", "from 1900 to 2199"),
        (Hours(with_format=True), "Mon 09:00-10:00", "entry 1 is not written as"),
        (Hours(with_format=False), "Mon 09:00-10:00 telehealth", "entry 1 is not written as"),
        (Hours(with_format=False), "Mon 09:00-10:00; Mo 1-2", "entry 2 is not written as"),
        (Hours(with_format=False), "Mun 09:00-10:00", "not a weekday"),
        (Hours(with_format=False), "Mon 09:00-25:00", "no such time"),
        (Hours(with_format=False), "Mon 10:00-09:00", "ends before it begins"),
        (Hours(with_format=False), "Mon 09:00-10:00; Mon 09:00-11:00", "same time"),
        (Hours(with_format=True), "Mon 09:00-10:00 phone", "none of in_person"),
        (YesNo(), "maybe", "neither yes nor no"),
        (Choice(["a", "b"]), "c", "none of a, b"),
        (Words(5, ["a"]), "a; b", "entry 2"),
        (Words(3), "long", "at most 3"),
        (Words(3, most=1), "a; b", "at most 1"),
        (Languages(), "en, de", "entry 1"),
        (Languages(), "en; English", "entry 2"),
        (Text(3), "long", "at most 3"),
        (Code(), "c1 ", "space"),
        (Code(), "c" * 61, "at most 60"),
    ],
)
def test_refuses_in_plain_words(kind, cell, reason):
    with pytest.raises(CellError, match=reason):
        kind.read(cell)


def test_never_echoes_free_text():
    with pytest.raises(CellError) as refused:
        Text(3).read("secret")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("cell", ["HIV", "diagnosis:HIV", "my father hit me", "1" * 25, "a\x1b[2J"])
def test_a_reason_repeats_no_word(cell):
    assert figures_only(cell) == "this"


@pytest.mark.parametrize("cell", ["7,5", "2026-02-30", "-4", "1e9", "25:00"])
def test_a_reason_repeats_figures(cell):
    assert figures_only(cell) == f"“{cell}”"
