"""Any dyadic ratings from CSV files: who rated whom, and what is known of either side.

What a file holds is not known before it is read: a column is numeric if all its values are, otherwise its
usual values become columns of 0 and 1. Whatever cannot be meant is refused with file, line and column.
"""

import csv
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from alliance_match.prediction import FeatureSet, TrainingTable, later
from alliance_match.prediction.arrays import Bools, Floats, Ints

MISSING = {"", "na", "nan", "n/a", "null", "none", "?"}

# A text column becomes columns for this many of its commonest values; a value seen once is none of them.
MOST_VALUES = 20
# More products of rater and ratee columns, or more slopes of a ratee, than could be learnt are left out.
MOST_PRODUCTS, MOST_SLOPES = 1000, 8
INSTRUMENT = "score"


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


@dataclass(frozen=True)
class Features:
    """Named numeric columns (rows, k), NaN where missing."""

    names: tuple[str, ...]
    values: Floats


@dataclass(frozen=True)
class Dyads:
    """Ratings as a table whose scores were spread over 0 to 100, with the way back and what was left out.

    `when` (n,) orders the ratings in time, None where the file does not tell.
    """

    table: TrainingTable
    lowest: float
    highest: float
    when: Floats | None
    notes: tuple[str, ...]

    @property
    def step(self) -> float:
        """Points to one unit of the file's own scale."""
        return 100 / (self.highest - self.lowest)

    def held_out(self) -> tuple[Bools, str]:
        """The latest fifth of the ratings where time is known, otherwise all of a fifth of the raters.

        Raises InputError on a single rater.
        """
        if self.when is not None:
            return later(self.when), "the latest fifth of the ratings"
        raters, rater = np.unique(self.table.client_ids, return_inverse=True)
        if len(raters) < 2:
            raise InputError("ratings: all are one rater's, so nobody's can be held out")
        drawn = np.random.default_rng(0).permutation(len(raters))
        return drawn[rater] < max(len(raters) // 5, 1), "all ratings of a fifth of the raters"


def read(ratings: Path, raters: Path | None = None, ratees: Path | None = None) -> Dyads:
    """Read the files. Raises InputError."""
    sheet = read_sheet(ratings, ("rater", "ratee", "score"))
    if len(sheet.rows) < 2:
        raise InputError(f"{sheet.name}: one rating is not enough")
    score = numbers(sheet, "score")
    lowest, highest = float(score.min()), float(score.max())
    if lowest == highest:
        raise InputError(f"{sheet.name}, column score: every score is {lowest:g}")
    (client_ids, x), (therapist_ids, z) = (_side(sheet, "rater", raters), _side(sheet, "ratee", ratees))
    pair = features_of(sheet, {"rater", "ratee", "score", "time"})
    crossed = len(x.names) * len(z.names) <= MOST_PRODUCTS
    slopes = x.names if len(x.names) <= MOST_SLOPES else ()
    notes = [] if crossed else ["products of rater and ratee columns are left out: there would be too many"]
    notes += (
        ["ratees' own slopes are left out: there would be too many"] if len(slopes) < len(x.names) else []
    )
    table = TrainingTable(
        features=FeatureSet(x.names, z.names, pair.names, slopes=slopes, bilinear=crossed),
        client_ids=client_ids,
        therapist_ids=therapist_ids,
        # Rounding must not lift the highest score above 100.
        score=np.clip((score - lowest) * (100 / (highest - lowest)), 0, 100),
        instrument=np.zeros(len(score), dtype=np.int64),
        instruments=(INSTRUMENT,),
        session=np.full(len(score), 3),
        x=x.values,
        z=z.values,
        m=pair.values,
    )
    return Dyads(table, lowest, highest, _times(sheet), tuple(notes))


def read_sheet(path: Path, wanted: Sequence[str]) -> Sheet:
    """Read one file whose columns include those wanted; blank lines are passed over. Raises InputError."""
    rows, lines = [], []
    try:
        with path.open(newline="", encoding="utf-8-sig") as text:
            reader = csv.reader(text, strict=True)
            header = tuple(name.strip() for name in next(reader, ()))
            _check_header(path.name, header, wanted)
            for row in reader:
                if any(cell.strip() for cell in row):
                    rows.append(row)
                    lines.append(reader.line_num)
                    if len(row) != len(header):
                        raise InputError(
                            f"{path.name}, line {reader.line_num}: {len(row)} values, expected {len(header)}"
                        )
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: is not UTF-8 text") from error
    except csv.Error as error:
        raise InputError(f"{path.name}, line {reader.line_num}: {error}") from error
    if not rows:
        raise InputError(f"{path.name}: no rows below the header")
    return Sheet(path.name, header, rows, lines)


def _check_header(name: str, header: tuple[str, ...], wanted: Sequence[str]) -> None:
    if not any(header):
        raise InputError(f"{name}: is empty")
    for column in wanted:
        if column not in header:
            raise InputError(f"{name}, line 1: there is no column {column}")
    twice = [column for column, count in Counter(header).items() if count > 1 or not column]
    if twice:
        raise InputError(f"{name}, line 1: column {twice[0]!r} has no name or stands more than once")


def numbers(sheet: Sheet, column: str) -> Floats:
    """A column in which every value must be a finite number, (rows,). Raises InputError."""
    found = np.empty(len(sheet.rows))
    for row, text in enumerate(sheet.values(column)):
        number = _number(text)
        if number is None or not math.isfinite(number):
            raise sheet.fault(row, column, f"{text!r} is not a number")
        found[row] = number
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def features_of(sheet: Sheet, other: set[str]) -> Features:
    """All columns but those named as numbers (rows, k). Raises InputError on an infinite one."""
    names: list[str] = []
    values: list[Floats] = []
    for column in sheet.columns:
        if column not in other:
            for name, numeric in _columns(sheet, column).items():
                names.append(name)
                values.append(numeric)
    return Features(tuple(names), np.column_stack(values) if values else np.zeros((len(sheet.rows), 0)))


def _columns(sheet: Sheet, column: str) -> dict[str, Floats]:
    texts = sheet.values(column)
    known = [text.lower() not in MISSING for text in texts]
    parsed = [_number(text) if there else math.nan for text, there in zip(texts, known, strict=True)]
    if None in parsed:
        return _one_hot(column, texts, known)
    numeric = np.array(parsed, dtype=float)
    for row in np.flatnonzero(np.isinf(numeric)).tolist():
        raise sheet.fault(row, column, f"{texts[row]!r} is not a number")
    return {column: numeric}


def _one_hot(column: str, texts: list[str], known: list[bool]) -> dict[str, Floats]:
    """0/1 columns for the usual values of a column of words, NaN where it is missing."""
    counts = Counter(text for text, there in zip(texts, known, strict=True) if there)
    usual = [text for text, count in sorted(counts.items(), key=lambda c: (-c[1], c[0])) if count > 1]
    cells, there = np.array(texts, dtype=object), np.array(known)
    return {f"{column}={value}": np.where(there, cells == value, np.nan) for value in usual[:MOST_VALUES]}


def _side(ratings: Sheet, side: str, path: Path | None) -> tuple[Ints, Features]:
    """Whole-number ids and features of one side, a row for each rating."""
    named = ratings.values(side)
    for row, name in enumerate(named):
        if not name:
            raise ratings.fault(row, side, "no id")
    if path is None:
        ids = np.unique(np.array(named, dtype=object).astype(str), return_inverse=True)[1]
        return ids.astype(np.int64), Features((), np.zeros((len(named), 0)))
    people = read_sheet(path, (side,))
    position: dict[str, int] = {}
    for row, name in enumerate(people.values(side)):
        if not name or name in position:
            raise people.fault(row, side, f"{name!r} stands more than once" if name else "no id")
        position[name] = row
    for row, name in enumerate(named):
        if name not in position:
            raise ratings.fault(row, side, f"{name!r} is not in {people.name}")
    ids = np.array([position[name] for name in named])
    features = features_of(people, {side})
    return ids, Features(features.names, features.values[ids])


def _times(sheet: Sheet) -> Floats | None:
    """The column `time`, numbers or ISO dates, (rows,); None without it or where it never changes."""
    if "time" not in sheet.columns:
        return None
    found = np.array([_moment(sheet, row, text) for row, text in enumerate(sheet.values("time"))])
    return found if np.ptp(found) > 0 else None


def _moment(sheet: Sheet, row: int, text: str) -> float:
    number = _number(text)
    if number is None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise sheet.fault(row, "time", f"{text!r} is neither a number nor a date") from None
        # Days alone would lose the hour; a zone would make dates with and without one incomparable.
        return (moment.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds()
    if not math.isfinite(number):
        raise sheet.fault(row, "time", f"{text!r} is not a number")
    return number
