"""The sums of a clinic's ratings with who is in them, and how they change by rows learnt or unlearnt.

Rows of a repeat rater weigh 1/noise and those of a single rater 1/(noise + rater variance). A change first
lifts the affected single rows to 1/noise, then adds or removes rows, then lowers whoever is single now.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.inference.posterior import Met
from alliance_match.prediction.inference.sufficient_statistics import (
    Roster,
    Sums,
    collect,
    combine,
    reindex,
    roster_of,
)
from alliance_match.prediction.linalg.symbolic import Plan
from alliance_match.prediction.model.design import Design
from alliance_match.prediction.model.priors import Variances


@dataclass(frozen=True)
class Ledger:
    """The weighted sums of the ratings of a roster; `plan` is given where one was laid out before."""

    roster: Roster
    sums: Sums
    plan: Plan | None = None

    @cached_property
    def met(self) -> Met:
        """Which pairs of repeat raters met, and the plan to solve them."""
        return Met(self.sums, self.roster, self.plan)

    def changed(self, variances: Variances, design: Design, sign: int) -> "Ledger":
        """Add rows (sign 1), or take away rows that are in the sums (−1)."""
        roster = self.roster
        if sign > 0:
            roster = _joined(roster, roster_of(design.client_ids, design.therapist_ids))
        sums = _changed(reindex(self.sums, self.roster, roster), variances, roster, design, sign)
        remaining = roster if sign > 0 else _remaining(roster, sums)
        return Ledger(remaining, reindex(sums, roster, remaining))


def ledger_of(design: Design, variances: Variances, roster: Roster, plan: Plan | None = None) -> Ledger:
    """Sum the rows of a design, the roster of which is given."""
    noise = design.noise(variances)
    weight = 1.0 / (noise + variances.rater * design.single)
    return Ledger(roster, collect(design, roster, weight, 1.0 / noise), plan)


@dataclass(frozen=True)
class Pending:
    """A ledger and the single rows (1 row, sign) that it has yet to take in; it does so when first read."""

    ledger: Ledger
    variances: Variances
    rows: tuple[tuple[Design, int], ...]

    @cached_property
    def _settled(self) -> Ledger:
        found = self.ledger
        start = 0
        for k, (_, sign) in enumerate(self.rows, 1):
            if k == len(self.rows) or self.rows[k][1] != sign:
                found = found.changed(self.variances, _stacked(self.rows[start:k]), sign)
                start = k
        return found

    @property
    def roster(self) -> Roster:
        """Who is in the sums once all rows are."""
        return self._settled.roster

    @property
    def sums(self) -> Sums:
        """The sums with all rows."""
        return self._settled.sums

    @property
    def met(self) -> Met:
        """Who met whom once all rows are in."""
        return self._settled.met


def _stacked(rows: tuple[tuple[Design, int], ...]) -> Design:
    parts = [design for design, _ in rows]
    return Design(
        *(np.concatenate([getattr(d, name) for d in parts]) for name in Design.__dataclass_fields__)
    )


def _changed(sums: Sums, variances: Variances, roster: Roster, design: Design, sign: int) -> Sums:
    affected = np.unique(roster.raters(design.client_ids))
    noise = design.noise(variances)
    rows = collect(design, roster, 1.0 / noise, 1.0 / noise)
    sums = _reweighed(sums, variances.rater, roster, affected, 1)
    sums = _plus(sums, rows, sign)
    return _reweighed(sums, variances.rater, roster, affected, -1)


def _plus(sums: Sums, rows: Sums, sign: int) -> Sums:
    changed = combine([sums, rows], np.array([1.0, sign]))
    return replace(
        changed,
        rater_count=sums.rater_count + sign * rows.rater_count,
        pair_count=sums.pair_count + sign * rows.pair_count,
    )


def _reweighed(sums: Sums, rater: float, roster: Roster, raters: Ints, sign: int) -> Sums:
    """Lift (sign 1) the rows of those raters who are single to 1/noise, or lower them (−1)."""
    single = raters[sums.rater_count[raters] == 1]
    if not len(single):
        return sums
    rows, noise = remembered(sums, roster, single)
    weight = sign * (1.0 / noise - 1.0 / (noise + rater))
    change = collect(rows, roster, weight, np.zeros(len(rows)))
    return replace(
        combine([sums, change], np.ones(2)), rater_count=sums.rater_count, pair_count=sums.pair_count
    )


def remembered(sums: Sums, roster: Roster, raters: Ints) -> tuple[Design, Floats]:
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


def _joined(old: Roster, new: Roster) -> Roster:
    pairs = [(r.rater_ids[r.pair_rater], r.therapist_ids[r.pair_therapist]) for r in (old, new)]
    raters, therapists = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return roster_of(raters, therapists)


def _remaining(roster: Roster, sums: Sums) -> Roster:
    alive = sums.pair_count > 0
    return roster_of(
        roster.rater_ids[roster.pair_rater[alive]], roster.therapist_ids[roster.pair_therapist[alive]]
    )
