"""Exact learning and unlearning of ratings at fixed variances.

A single row is followed as a rank-one change of the means and noted; the sums take it in when they are read.
"""

from dataclasses import replace

import numpy as np

from alliance_match.prediction.data.arrays import Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.rank_one import LONGEST
from alliance_match.prediction.inference.statistics_update import Ledger, Pending, remembered
from alliance_match.prediction.model.design import Design, design_of

# How far a removed row may differ, relatively, from what its rater's sums remember of it.
SAME = 1e-6


def update(fitted: FittedAlliance, table: TrainingTable) -> FittedAlliance:
    """Learn further ratings; equal to a solve from scratch with the same variances and standardisation.

    Therapists and raters never seen before are added. Raises EstimationError on other features than the
    fit's, or an instrument it does not know.
    """
    return _changed(fitted, design_of(fitted.layout, table), 1)


def downdate(fitted: FittedAlliance, table: TrainingTable) -> FittedAlliance:
    """Unlearn ratings, given with the features they were learnt with; the exact inverse of `update`.

    Raises EstimationError on a row that was never learnt.
    """
    design = design_of(fitted.layout, table)
    _check_learnt(fitted, design)
    return _changed(fitted, design, -1)


def _changed(fitted: FittedAlliance, design: Design, sign: int) -> FittedAlliance:
    following = fitted.following if len(design) == 1 else None
    if following is None or len(following.rows) >= LONGEST:
        settled = Ledger(fitted.roster, fitted.sums).changed(fitted.variances, design, sign)
        return replace(fitted, ledger=settled, followed=None)
    ledger = fitted.ledger
    if not isinstance(ledger, Pending):
        ledger = Pending(ledger, fitted.variances, ())
    pending = replace(ledger, rows=(*ledger.rows, (design, sign)))
    return replace(fitted, ledger=pending, followed=following.then(design, sign))


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
    wanted = design.noise(fitted.variances)[at]
    pairs = ((rows.y, design.y[at]), (rows.g, design.g[at]), (rows.h, design.h[at]), (noise, wanted))
    for was, given in pairs:
        wrong = np.argwhere(~np.isclose(was, given, rtol=SAME, atol=SAME))
        if len(wrong):
            raise EstimationError(f"row {int(at[wrong[0, 0]])}: differs from the rating that was learnt")
