"""Any dyadic ratings from CSV files: who rated whom, and what is known of either side.

What a file holds is not known before it is read: a column is numeric if all its values are, otherwise its
usual values become columns of 0 and 1. Whatever cannot be meant is refused with file, line and column.
"""

import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from alliance_match.prediction import FeatureSet, TrainingTable, later
from alliance_match.prediction.arrays import Bools, Floats, Ints
from benchmarks.sheets import (
    LARGEST,
    WITH_COMMA,
    InputError,
    Sheet,
    not_a_number,
    number_of,
    numbers,
    read_sheet,
)

MISSING = {"", "na", "nan", "n/a", "null", "none", "?"}

# A text column becomes columns for this many of its commonest values; a value seen once is none of them.
MOST_VALUES = 20
# More products of rater and ratee columns, or more slopes of a ratee, than could be learnt are left out.
MOST_PRODUCTS, MOST_SLOPES = 1000, 8
INSTRUMENT = "score"


@dataclass(frozen=True)
class Features:
    """Named numeric columns (rows, k), NaN where missing; and the columns nothing can be learnt from."""

    names: tuple[str, ...]
    values: Floats
    left_out: tuple[str, ...] = ()


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
    if highest - lowest < 1 / LARGEST:
        raise InputError(f"{sheet.name}, column score: all scores lie within {highest - lowest:g}")
    (client_ids, x), (therapist_ids, z) = (_side(sheet, "rater", raters), _side(sheet, "ratee", ratees))
    pair = features_of(sheet, {"rater", "ratee", "score", "time"})
    crossed = len(x.names) * len(z.names) <= MOST_PRODUCTS
    slopes = x.names if len(x.names) <= MOST_SLOPES else ()
    notes = [] if crossed else ["products of rater and ratee columns are left out: there would be too many"]
    notes += (
        ["ratees' own slopes are left out: there would be too many"] if len(slopes) < len(x.names) else []
    )
    notes += [note for side in (x, z, pair) for note in side.left_out]
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


def features_of(sheet: Sheet, other: set[str]) -> Features:
    """All columns but those named as numbers (rows, k). Raises InputError on an infinite one."""
    found: dict[str, Floats] = {}
    left_out = []
    for column in (one for one in sheet.columns if one not in other):
        made = _columns(sheet, column)
        if clash := found.keys() & made.keys():
            raise InputError(f"{sheet.name}, column {column}: another column is named {min(clash)} already")
        found |= made
        left_out += (
            [] if made else [f"{sheet.name}, column {column}: left out, no two rows share a word in it"]
        )
    values = np.column_stack(list(found.values())) if found else np.zeros((len(sheet.rows), 0))
    return Features(tuple(found), values, tuple(left_out))


def _columns(sheet: Sheet, column: str) -> dict[str, Floats]:
    texts = sheet.values(column)
    known = [text.lower() not in MISSING for text in texts]
    parsed = [number_of(text) if there else math.nan for text, there in zip(texts, known, strict=True)]
    if None in parsed:
        _refuse_commas(sheet, column, texts, parsed)
        return _one_hot(column, texts, known)
    numeric = np.array(parsed, dtype=float)
    for row in np.flatnonzero(np.abs(numeric) > LARGEST).tolist():
        wrong = not_a_number(texts[row]) if np.isinf(numeric[row]) else f"{texts[row]!r} is too large"
        raise sheet.fault(row, column, wrong)
    return {column: numeric}


def _refuse_commas(sheet: Sheet, column: str, texts: list[str], parsed: list[float | None]) -> None:
    """Refuse a column in which all that is no number is one with a comma: it was never meant as words."""
    words = [row for row, number in enumerate(parsed) if number is None]
    if all(WITH_COMMA.fullmatch(texts[row]) for row in words):
        raise sheet.fault(words[0], column, not_a_number(texts[words[0]]))


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
    return ids, replace(features, values=features.values[ids])


def _times(sheet: Sheet) -> Floats | None:
    """The column `time`, numbers or ISO dates, (rows,); None without it or where it never changes."""
    if "time" not in sheet.columns:
        return None
    texts = sheet.values("time")
    zoned = [_zoned(text) for text in texts]
    if any(zoned) and not all(zoned):
        raise sheet.fault(
            zoned.index(False), "time", f"{texts[zoned.index(False)]!r} has no time zone, others do"
        )
    found = np.array([_moment(sheet, row, text) for row, text in enumerate(texts)])
    if np.ptp(found) == 0:
        return None
    if not later(found).any():
        raise InputError(f"{sheet.name}, column time: more than a fifth of the ratings share the latest time")
    return found


def _zoned(text: str) -> bool:
    try:
        return number_of(text) is None and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _moment(sheet: Sheet, row: int, text: str) -> float:
    number = number_of(text)
    if number is None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise sheet.fault(row, "time", f"{text!r} is neither a number nor a date") from None
        begin = datetime(1970, 1, 1, tzinfo=UTC if moment.tzinfo else None)
        return (moment - begin).total_seconds()
    if not math.isfinite(number):
        raise sheet.fault(row, "time", f"{text!r} is not a number")
    return number
