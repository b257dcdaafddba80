"""The sums of a clinic's ratings with who is in them, and how they change by rows added or removed.

Rows of a repeat rater weigh 1/noise and those of a single rater 1/(noise + rater variance). A change first
lifts the affected single rows to 1/noise, then adds or removes rows, then lowers whoever is single now.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.inference.sparsity import SparsityPattern, sparsity_pattern
from alliance_match.prediction.inference.sufficient_statistics import (
    Roster,
    Sums,
    combine_sums,
    reindex_sums,
    roster_of,
    weighted_sums,
)
from alliance_match.prediction.linalg.symbolic import SymbolicFactor
from alliance_match.prediction.model.design import Design
from alliance_match.prediction.model.priors import Variances


@dataclass(frozen=True)
class SufficientStatistics:
    """All that a solve needs of the ratings: the weighted sums over a roster.

    `symbolic` is given where the pattern of these sums was factorised before.
    """

    roster: Roster
    sums: Sums
    symbolic: SymbolicFactor | None = None

    @cached_property
    def pattern(self) -> SparsityPattern:
        """Where the joint precision has entries."""
        return sparsity_pattern(self.sums, self.roster, self.symbolic)


@dataclass(frozen=True)
class PendingStatistics:
    """Statistics and single rows (1 row, sign) that they have yet to take in; they do so when first read."""

    before: SufficientStatistics
    variances: Variances
    rows: tuple[tuple[Design, int], ...]

    @cached_property
    def _after(self) -> SufficientStatistics:
        found = self.before
        for sign, rows in groupby(self.rows, key=lambda row: row[1]):
            found = changed_statistics(found, self.variances, stacked_designs([row for row, _ in rows]), sign)
        return found

    @property
    def roster(self) -> Roster:
        """Who is in the sums once all rows are."""
        return self._after.roster

    @property
    def sums(self) -> Sums:
        """The sums with all rows."""
        return self._after.sums

    @property
    def pattern(self) -> SparsityPattern:
        """Where the joint precision has entries once all rows are in."""
        return self._after.pattern


Statistics = SufficientStatistics | PendingStatistics


def statistics_of(
    design: Design, variances: Variances, roster: Roster, symbolic: SymbolicFactor | None = None
) -> SufficientStatistics:
    """Sum the rows of a design, the roster of which is given."""
    noise = design.noise(variances)
    weight = 1.0 / (noise + variances.rater * design.single)
    return SufficientStatistics(roster, weighted_sums(design, roster, weight, 1.0 / noise), symbolic)


def changed_statistics(
    before: Statistics, variances: Variances, design: Design, sign: int
) -> SufficientStatistics:
    """Add rows (sign 1), or remove rows that are in the sums (−1)."""
    roster = before.roster
    if sign > 0:
        roster = _joined_roster(roster, roster_of(design.client_ids, design.therapist_ids))
    sums = _changed_sums(reindex_sums(before.sums, before.roster, roster), variances, roster, design, sign)
    remaining = roster if sign > 0 else _remaining_roster(roster, sums)
    return SufficientStatistics(remaining, reindex_sums(sums, roster, remaining))


def with_pending_row(
    before: Statistics, variances: Variances, design: Design, sign: int
) -> PendingStatistics:
    """Note a single row, to be added or removed when the sums are next read."""
    if isinstance(before, PendingStatistics):
        return replace(before, rows=(*before.rows, (design, sign)))
    return PendingStatistics(before, variances, ((design, sign),))


def stacked_designs(parts: list[Design]) -> Design:
    """The rows of several designs, one after the other."""
    return Design(
        *(np.concatenate([getattr(d, name) for d in parts]) for name in Design.__dataclass_fields__)
    )


def _changed_sums(sums: Sums, variances: Variances, roster: Roster, design: Design, sign: int) -> Sums:
    affected = np.unique(roster.raters(design.client_ids))
    noise = design.noise(variances)
    rows = weighted_sums(design, roster, 1.0 / noise, 1.0 / noise)
    sums = _reweighed_sums(sums, variances.rater, roster, affected, 1)
    sums = _sums_plus(sums, rows, sign)
    return _reweighed_sums(sums, variances.rater, roster, affected, -1)


def _sums_plus(sums: Sums, rows: Sums, sign: int) -> Sums:
    changed = combine_sums([sums, rows], np.array([1.0, sign]))
    return replace(
        changed,
        rater_count=sums.rater_count + sign * rows.rater_count,
        pair_count=sums.pair_count + sign * rows.pair_count,
    )


def _reweighed_sums(sums: Sums, rater: float, roster: Roster, raters: Ints, sign: int) -> Sums:
    """Lift (sign 1) the rows of those raters who are single to 1/noise, or lower them (−1)."""
    single = raters[sums.rater_count[raters] == 1]
    if not len(single):
        return sums
    rows, noise = rows_of_single_raters(sums, roster, single)
    weight = sign * (1.0 / noise - 1.0 / (noise + rater))
    change = weighted_sums(rows, roster, weight, np.zeros(len(rows)))
    return replace(
        combine_sums([sums, change], np.ones(2)), rater_count=sums.rater_count, pair_count=sums.pair_count
    )


def rows_of_single_raters(sums: Sums, roster: Roster, raters: Ints) -> tuple[Design, Floats]:
    """The only rows of single raters (positions), and their noise variances."""
    pair = _living_pairs(sums, roster, raters)
    noise = 1.0 / sums.rater_weight[raters]
    rows = Design(
        y=sums.rater_moment[raters] * noise,
        g=sums.rater_cross[raters] * noise[:, None],
        h=sums.pair_cross[pair] * noise[:, None],
        instrument=np.zeros(len(raters), dtype=np.int64),
        client_ids=roster.rater_ids[raters],
        therapist_ids=roster.therapist_ids[roster.pair_therapist[pair]],
        weight=np.ones(len(raters)),
    )
    return rows, noise


def _living_pairs(sums: Sums, roster: Roster, raters: Ints) -> Ints:
    """The one pair of each single rater that has a row; others may be about to leave the roster."""
    living = np.flatnonzero(sums.pair_count > 0)
    return living[np.searchsorted(roster.pair_rater[living], raters)]


def _joined_roster(old: Roster, new: Roster) -> Roster:
    pairs = [(r.rater_ids[r.pair_rater], r.therapist_ids[r.pair_therapist]) for r in (old, new)]
    raters, therapists = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return roster_of(raters, therapists)


def _remaining_roster(roster: Roster, sums: Sums) -> Roster:
    alive = sums.pair_count > 0
    return roster_of(
        roster.rater_ids[roster.pair_rater[alive]], roster.therapist_ids[roster.pair_therapist[alive]]
    )
