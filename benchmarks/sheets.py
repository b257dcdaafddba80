"""CSV files of columns nobody has seen before: read whole, or refused with file, line and column."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alliance_match.prediction import Floats

# What float() takes besides (1_0, digits of other scripts) is more likely a slip than a number.
NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?|nan)", re.ASCII | re.IGNORECASE)
WITH_COMMA = re.compile(r"[+-]?(\d*,\d+|\d{1,3}([.,]\d{3})+([.,]\d+)?)", re.ASCII)
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
# Squares of more, or of less, leave what a float can hold.
LARGEST = 1e30


class InputError(Exception):
    """A file that cannot be used; the message is one line and names the place."""


@dataclass(frozen=True)
class Sheet:
    """One CSV file: its name, its columns, and rows with the number of the line each ends on."""

    name: str
    columns: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]

    def fault(self, row: int, column: str, words: str) -> InputError:
        """What is wrong in one cell."""
        return InputError(f"{self.name}, line {self.lines[row]}, column {column}: {words}")

    def values(self, column: str) -> list[str]:
        """One column's cells, without blanks around them."""
        at = self.columns.index(column)
        return [row[at].strip() for row in self.rows]


def read_sheet(path: Path, wanted: Sequence[str]) -> Sheet:
    """Read one file whose columns include those wanted; blank lines are passed over. Raises InputError."""
    rows, lines = [], []
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        header = tuple(name.strip() for name in next(reader, ()))
        _check_header(path.name, header, wanted)
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(reader.line_num)
                _check_row(path.name, reader.line_num, row, len(header))
    except csv.Error as error:
        raise InputError(f"{path.name}, line {reader.line_num}: {error}") from error
    if not rows:
        raise InputError(f"{path.name}: no rows below the header")
    return Sheet(path.name, header, rows, lines)


def _text(path: Path) -> str:
    try:
        found = path.read_bytes()
        return found.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = len(error.object[: error.start + 1].splitlines())
        raise InputError(f"{path.name}, line {line}: is not UTF-8 text") from error


def _check_row(name: str, line: int, row: Sequence[str], expected: int) -> None:
    if len(row) != expected:
        raise InputError(f"{name}, line {line}: {len(row)} values, expected {expected}")
    if any("\0" in cell for cell in row):
        raise InputError(f"{name}, line {line}: holds a NUL, which no text does")


def _check_header(name: str, header: tuple[str, ...], wanted: Sequence[str]) -> None:
    if not any(header):
        raise InputError(f"{name}: is empty")
    if any("\0" in column for column in header):
        raise InputError(f"{name}: is not UTF-8 text")
    for separator, words in OTHER_SEPARATORS.items():
        if len(header) == 1 and separator in header[0]:
            raise InputError(f"{name}, line 1: columns are parted by {words}; part them by commas")
    for column in wanted:
        if column not in header:
            raise InputError(f"{name}, line 1: there is no column {column}")
    if "" in header:
        raise InputError(f"{name}, line 1: column {header.index('') + 1} has no name")
    for column, count in Counter(header).items():
        if count > 1:
            raise InputError(f"{name}, line 1: column {column!r} stands more than once")


def numbers(sheet: Sheet, column: str) -> Floats:
    """A column in which every value must be a finite number, (rows,). Raises InputError."""
    found = np.empty(len(sheet.rows))
    for row, text in enumerate(sheet.values(column)):
        number = number_of(text)
        if number is None or not math.isfinite(number):
            raise sheet.fault(row, column, not_a_number(text))
        if abs(number) > LARGEST:
            raise sheet.fault(row, column, f"{text!r} is too large")
        found[row] = number
    return found


def number_of(text: str) -> float | None:
    """The number that a text is, infinite ones and NaN included; else None."""
    return float(text) if NUMBER.fullmatch(text) else None


def not_a_number(text: str) -> str:
    """Why this is refused, and how to write it instead where that is plain."""
    comma = "; write a point for the decimals and nothing between thousands"
    return f"{text!r} is not a number{comma if WITH_COMMA.fullmatch(text) else ''}"
