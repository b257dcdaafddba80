"""Any dyadic ratings from CSV files: who rated whom, and what is known of either side.

What a file holds is not known before it is read: a column is numeric if all its values are, otherwise its
usual values become columns of 0 and 1. Whatever cannot be meant is refused with file, line and column.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from alliance_match.prediction import Bools, FeatureSet, Floats, Ints, TrainingTable, latest_rows
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
# More products of rater and ratee columns, or more slopes of a ratee, than could be estimated are left out.
MOST_PRODUCTS, MOST_SLOPES = 1000, 8
INSTRUMENT = "score"


@dataclass(frozen=True)
class Features:
    """Named numeric columns (rows, k), NaN where missing; and what a reader of the files would not guess."""

    names: tuple[str, ...]
    values: Floats
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dyads:
    """Ratings as a table whose scores were spread over 0 to 100, with the way back and what to know of it.

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

        Raises InputError on a single rater, or where the others are of a single ratee or all alike.
        """
        held_out, how = self._split()
        for values, words in ((self.table.therapist_ids, "of one ratee"), (self.table.score, "of one score")):
            if np.ptp(values[~held_out]) == 0:
                raise InputError(f"ratings: {how} held out, the others are all {words}")
        return held_out, how

    def _split(self) -> tuple[Bools, str]:
        if self.when is not None:
            return latest_rows(self.when), "the latest fifth of the ratings"
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
    notes += [note for side in (x, z, pair) for note in side.notes]
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
    notes: list[str] = []
    for column in (one for one in sheet.columns if one not in other):
        made, remarks = _columns(sheet, column)
        if clash := found.keys() & made.keys():
            raise InputError(f"{sheet.name}, column {column}: another column is named {min(clash)} already")
        found |= made
        notes += [f"{sheet.name}, column {column}: {note}" for note in remarks]
    values = np.column_stack(list(found.values())) if found else np.zeros((len(sheet.rows), 0))
    return Features(tuple(found), values, tuple(notes))


def _columns(sheet: Sheet, column: str) -> tuple[dict[str, Floats], list[str]]:
    texts = sheet.values(column)
    known = [text.lower() not in MISSING for text in texts]
    parsed = [number_of(text) if there else math.nan for text, there in zip(texts, known, strict=True)]
    if None in parsed:
        _refuse_commas(sheet, column, texts, parsed)
        words = _one_hot(column, texts, known)
        first, notes = parsed.index(None), []
        if any(number is not None and not math.isnan(number) for number in parsed):
            notes.append(f"read as words, {texts[first]!r} in line {sheet.lines[first]} is not a number")
        return words, notes if words else [*notes, "left out, no two rows share a word in it"]
    numeric = np.array(parsed, dtype=float)
    for row in np.flatnonzero(np.abs(numeric) > LARGEST).tolist():
        wrong = not_a_number(texts[row]) if np.isinf(numeric[row]) else f"{texts[row]!r} is too large"
        raise sheet.fault(row, column, wrong)
    return {column: numeric}, []


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
    named = _ids(ratings, side)
    alike = _alike(ratings, side, named)
    if path is None:
        known = {name: k for k, name in enumerate(sorted(set(named)))}
        ids = np.array([known[name] for name in named])
        return ids, Features((), np.zeros((len(named), 0)), alike)
    people = read_sheet(path, (side,))
    position: dict[str, int] = {}
    for row, name in enumerate(_ids(people, side)):
        if name in position:
            raise people.fault(row, side, f"{name!r} stands more than once")
        position[name] = row
    for row, name in enumerate(named):
        if name not in position:
            raise ratings.fault(row, side, f"{name!r} is not in {people.name}")
    ids = np.array([position[name] for name in named])
    features = features_of(people, {side})
    return ids, replace(features, values=features.values[ids], notes=(*features.notes, *alike))


def _ids(sheet: Sheet, side: str) -> list[str]:
    named = sheet.values(side)
    for row, name in enumerate(named):
        if name.lower() in MISSING:
            raise sheet.fault(row, side, f"{name!r} stands for a missing value, not for an id")
    return named


def _alike(sheet: Sheet, side: str, named: Sequence[str]) -> tuple[str, ...]:
    """A note of the first two ids between which only case, blanks or the encoding of a letter differ."""
    seen: dict[str, str] = {}
    for name in sorted(set(named)):
        first = seen.setdefault("".join(unicodedata.normalize("NFKC", name).casefold().split()), name)
        if first != name:
            return (f"{sheet.name}, column {side}: {first!r} and {name!r} are taken for two",)
    return ()


def _times(sheet: Sheet) -> Floats | None:
    """The column `time`, numbers or ISO dates, (rows,); None without it or where it never changes."""
    if "time" not in sheet.columns:
        return None
    texts = sheet.values("time")
    found = np.array([_moment(sheet, row, text) for row, text in enumerate(texts)])
    _check_one_kind(sheet, texts)
    if np.ptp(found) == 0:
        return None
    if not latest_rows(found).any():
        raise InputError(f"{sheet.name}, column time: more than a fifth of the ratings share the latest time")
    return found


def _check_one_kind(sheet: Sheet, texts: list[str]) -> None:
    """Refuse times of which some are numbers or have a zone and others not: they have no common order."""
    for marks, words in (
        ([number_of(text) is not None for text in texts], "is not a number, others are"),
        ([_zoned(text) for text in texts], "has no time zone, others do"),
    ):
        if any(marks) and not all(marks):
            row = marks.index(False)
            raise sheet.fault(row, "time", f"{texts[row]!r} {words}")


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
