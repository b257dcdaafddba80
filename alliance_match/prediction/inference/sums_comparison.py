"""The sums in a fitted value beside those of its ratings, summed anew at its layout and variances."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.sufficient_statistics import Roster, Sums, weighted_sums
from alliance_match.prediction.model.design import Design, design_of

# How far sums may differ, relative to the largest of their row: updates round thousands of times.
CLOSE = 1e-6
_OF_ALL = ("gram", "moment", "square")
_OF_THERAPIST = ("own_gram", "own_cross", "own_moment")


@dataclass(frozen=True)
class SumsDifferences:
    """Whose ratings are not those in the sums; false where they all are.

    Attributes
    ----------
    rater_ids, therapist_ids : array of int
    shared : bool
        Whether the sums over everybody differ.
    """

    rater_ids: Ints
    therapist_ids: Ints
    shared: bool

    def __bool__(self) -> bool:
        return bool(len(self.rater_ids) or len(self.therapist_ids) or self.shared)


def sums_differences(fitted: FittedAlliance, tables: Iterable[TrainingTable]) -> SumsDifferences:
    """Compare the sums in a fitted value with those of its ratings.

    Parameters
    ----------
    fitted : FittedAlliance
    tables : iterable of TrainingTable
        Together all ratings that it should rest on, those of one client in one table. No more than one of
        them is held at a time.

    Returns
    -------
    SumsDifferences
        False where the value rests on these ratings.

    Raises
    ------
    EstimationError
        On other features than the fit's, or an instrument it does not know.
    """
    roster = fitted.roster
    summed = {name: np.zeros_like(getattr(fitted.sums, name)) for name in (*_OF_ALL, *_OF_THERAPIST)}
    wrong, seen = [np.empty(0, dtype=np.int64)], np.zeros(len(roster.rater_ids), dtype=bool)
    for table in tables:
        design = design_of(fitted.layout, table)
        at = roster.raters(design.client_ids)
        here = np.zeros_like(seen)
        here[at[at >= 0]] = True
        sums = _sums_of_rows(fitted, design, roster.of_raters(here))
        wrong += [design.client_ids[at < 0], _differing_raters(fitted, sums, here)]
        summed = {name: value + getattr(sums, name) for name, value in summed.items()}
        seen |= here
    wrong.append(roster.rater_ids[~seen])
    differ = np.zeros(len(roster.therapist_ids), dtype=bool)
    for name in _OF_THERAPIST:
        differ |= _rows_differ(getattr(fitted.sums, name), summed[name])
    shared = any(
        _rows_differ(_one_row(getattr(fitted.sums, name)), _one_row(summed[name])).any() for name in _OF_ALL
    )
    return SumsDifferences(np.unique(np.concatenate(wrong)), roster.therapist_ids[differ], shared)


def _sums_of_rows(fitted: FittedAlliance, design: Design, roster: Roster) -> Sums:
    noise = design.noise(fitted.variances)
    return weighted_sums(design, roster, 1.0 / (noise + fitted.variances.rater * design.single), 1.0 / noise)


def _differing_raters(fitted: FittedAlliance, sums: Sums, here: Bools) -> Ints:
    """Which of the raters here have other sums, or other pairs, in the fitted value."""
    pairs = here[fitted.roster.pair_rater]
    of_pair = np.cumsum(here)[fitted.roster.pair_rater[pairs]] - 1
    differ = np.zeros(int(here.sum()), dtype=bool)
    for name in ("rater_weight", "rater_cross", "rater_moment", "rater_count"):
        differ |= _rows_differ(getattr(fitted.sums, name)[here], getattr(sums, name))
    for name in ("pair_cross", "pair_count"):
        differ[of_pair[_rows_differ(getattr(fitted.sums, name)[pairs], getattr(sums, name))]] = True
    return fitted.roster.rater_ids[here][differ]


def _one_row(values: Floats | float) -> Floats:
    return np.reshape(values, (1, -1))


def _rows_differ(stored: Floats | Ints, summed: Floats | Ints) -> Bools:
    """By the first axis, whether any number differs by more than rounding does."""
    flat = (len(stored), -1 if len(stored) else 1)
    a, b = np.reshape(stored, flat), np.reshape(summed, flat)
    largest = np.maximum(np.abs(a), np.abs(b)).max(axis=1, initial=0.0)
    # Written so that what is not a number differs.
    return ~np.asarray(np.abs(a - b).max(axis=1, initial=0.0) <= CLOSE * largest)
