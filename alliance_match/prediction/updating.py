"""Exact learning and unlearning of single ratings at fixed variances, by changing the sums.

Rows of a repeat rater weigh 1/noise and those of a single rater 1/(noise + rater variance). A change first
lifts the affected single rows to 1/noise, then adds or removes rows, then lowers whoever is single now.
"""

from dataclasses import replace

import numpy as np

from alliance_match.prediction.arrays import Floats, Ints
from alliance_match.prediction.design import Design, design_of
from alliance_match.prediction.errors import EstimationError
from alliance_match.prediction.fitted import FittedAlliance
from alliance_match.prediction.rank_one import is_rank_one, learn_one
from alliance_match.prediction.statistics import Roster, Sums, collect, combine, reindex, roster_of
from alliance_match.prediction.tables import TrainingTable

# How far a removed row may differ, relatively, from what its rater's sums remember of it.
SAME = 1e-6


def update(fitted: FittedAlliance, table: TrainingTable) -> FittedAlliance:
    """Learn further ratings; equal to a solve from scratch with the same variances and standardisation.

    Therapists and raters never seen before are added. Raises EstimationError on other features than the
    fit's, or an instrument it does not know.
    """
    design = design_of(fitted.layout, table)
    if is_rank_one(fitted, design):
        return learn_one(fitted, design)
    old = fitted.roster
    roster = _joined(old, roster_of(design.client_ids, design.therapist_ids))
    sums = _changed(fitted, reindex(fitted.sums, old, roster), roster, design, 1)
    return _with_sums(fitted, sums, roster)


def downdate(fitted: FittedAlliance, table: TrainingTable) -> FittedAlliance:
    """Unlearn ratings, given with the features they were learnt with; the exact inverse of `update`.

    Raises EstimationError on a row that was never learnt.
    """
    design = design_of(fitted.layout, table)
    _check_learnt(fitted, design)
    sums = _changed(fitted, fitted.sums, fitted.roster, design, -1)
    roster = _remaining(fitted.roster, sums)
    return _with_sums(fitted, reindex(sums, fitted.roster, roster), roster)


def _with_sums(fitted: FittedAlliance, sums: Sums, roster: Roster) -> FittedAlliance:
    return replace(fitted, sums=sums, roster=roster)


def _changed(fitted: FittedAlliance, sums: Sums, roster: Roster, design: Design, sign: int) -> Sums:
    affected = np.unique(roster.raters(design.client_ids))
    noise = np.array(fitted.variances.residual)[design.instrument]
    rows = collect(design, roster, 1.0 / noise, 1.0 / noise)
    sums = _reweighed(fitted, sums, roster, affected, 1)
    sums = _plus(sums, rows, sign)
    return _reweighed(fitted, sums, roster, affected, -1)


def _plus(sums: Sums, rows: Sums, sign: int) -> Sums:
    changed = combine([sums, rows], np.array([1.0, sign]))
    return replace(
        changed,
        rater_count=sums.rater_count + sign * rows.rater_count,
        pair_count=sums.pair_count + sign * rows.pair_count,
    )


def _reweighed(fitted: FittedAlliance, sums: Sums, roster: Roster, raters: Ints, sign: int) -> Sums:
    """Lift (sign 1) the rows of those raters who are single to 1/noise, or lower them (−1)."""
    single = raters[sums.rater_count[raters] == 1]
    rows, noise = remembered(sums, roster, single)
    weight = sign * (1.0 / noise - 1.0 / (noise + fitted.variances.rater))
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


def _check_learnt(fitted: FittedAlliance, design: Design) -> None:
    roster, sums = fitted.roster, fitted.sums
    rater, therapist = roster.raters(design.client_ids), roster.therapists(design.therapist_ids)
    pair = np.where((rater < 0) | (therapist < 0), -1, roster.pairs(rater, therapist))
    taken = np.zeros(len(sums.pair_count) + 1, dtype=np.int64)
    for row, k in enumerate(pair.tolist()):
        taken[k] += 1
        if k < 0 or taken[k] > sums.pair_count[k]:
            client, of = design.client_ids[row], design.therapist_ids[row]
            raise EstimationError(
                f"row {row}: no such rating of therapist {of} by client {client} was learnt"
            )
    _check_same(fitted, design, rater)


def _check_same(fitted: FittedAlliance, design: Design, rater: Ints) -> None:
    """A single rater's row is remembered whole, so a row that differs is caught."""
    at = np.flatnonzero(fitted.sums.rater_count[rater] == 1)
    rows, noise = remembered(fitted.sums, fitted.roster, rater[at])
    wanted = np.array(fitted.variances.residual)[design.instrument[at]]
    pairs = ((rows.y, design.y[at]), (rows.g, design.g[at]), (rows.h, design.h[at]), (noise, wanted))
    for was, given in pairs:
        wrong = np.argwhere(~np.isclose(was, given, rtol=SAME, atol=SAME))
        if len(wrong):
            raise EstimationError(f"row {int(at[wrong[0, 0]])}: differs from the rating that was learnt")
