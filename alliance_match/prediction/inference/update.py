"""Ratings added and removed exactly, at fixed variances.

A single row is a rank-one update of the means, and is noted; the sums take it in when they are read.
"""

from dataclasses import replace

import numpy as np

from alliance_match.prediction.data.arrays import Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.rank_one import LONGEST
from alliance_match.prediction.inference.statistics_update import (
    changed_statistics,
    rows_of_single_raters,
    with_pending_row,
)
from alliance_match.prediction.model.design import Design, design_of

# How far a removed row may differ, relatively, from what its rater's sums remember of it.
SAME = 1e-6


def update(fitted: FittedAlliance, table: TrainingTable) -> FittedAlliance:
    """Add further ratings, at the variances and standardisation of the fit.

    Equal to a fit from scratch at these. Therapists and raters never seen before are added.

    Parameters
    ----------
    fitted : FittedAlliance
    table : TrainingTable
        A single row moves the means by a rank-one update, without a solve.

    Returns
    -------
    FittedAlliance
        A new one; the one given stays as it was.

    Raises
    ------
    EstimationError
        On other features than the fit's, or an instrument it does not know.

    References
    ----------
    Sherman & Morrison (1950); Woodbury (1950).
    """
    return _updated_fit(fitted, design_of(fitted.layout, table), 1)


def downdate(fitted: FittedAlliance, table: TrainingTable) -> FittedAlliance:
    """Remove ratings; the exact inverse of `update`.

    Parameters
    ----------
    fitted : FittedAlliance
    table : TrainingTable
        Rows as they were added, with the same features, score and weight.

    Returns
    -------
    FittedAlliance
        A new one; the one given stays as it was.

    Raises
    ------
    EstimationError
        On a row that is not in the fit; of a client with several ratings only their number is known.
    """
    design = design_of(fitted.layout, table)
    check_present(fitted, design)
    return _updated_fit(fitted, design, -1)


def _updated_fit(fitted: FittedAlliance, design: Design, sign: int) -> FittedAlliance:
    updates = fitted.updates if len(design) == 1 else None
    if updates is None or len(updates.rows) >= LONGEST:
        changed = changed_statistics(fitted.statistics, fitted.variances, design, sign)
        return replace(fitted, statistics=changed, rank_one=None)
    pending = with_pending_row(fitted.statistics, fitted.variances, design, sign)
    return replace(fitted, statistics=pending, rank_one=updates.then(design, sign))


def check_present(fitted: FittedAlliance, design: Design) -> None:
    """Raise EstimationError where rows to remove are not in the fit, as far as it remembers them."""
    roster, sums = fitted.roster, fitted.sums
    rater, therapist = roster.raters(design.client_ids), roster.therapists(design.therapist_ids)
    pair = np.where((rater < 0) | (therapist < 0), -1, roster.pairs(rater, therapist))
    taken = np.zeros(len(sums.pair_count) + 1, dtype=np.int64)
    for row, k in enumerate(pair.tolist()):
        taken[k] += 1
        if k < 0 or taken[k] > sums.pair_count[k]:
            client, of = design.client_ids[row], design.therapist_ids[row]
            raise EstimationError(
                f"row {row}: no such rating of therapist {of} by client {client} is in the fit"
            )
    _check_same(fitted, design, rater)


def _check_same(fitted: FittedAlliance, design: Design, rater: Ints) -> None:
    """A single rater's row is remembered whole, so a row that differs is caught."""
    at = np.flatnonzero(fitted.sums.rater_count[rater] == 1)
    rows, noise = rows_of_single_raters(fitted.sums, fitted.roster, rater[at])
    wanted = design.noise(fitted.variances)[at]
    pairs = ((rows.y, design.y[at]), (rows.g, design.g[at]), (rows.h, design.h[at]), (noise, wanted))
    for was, given in pairs:
        wrong = np.argwhere(~np.isclose(was, given, rtol=SAME, atol=SAME))
        if len(wrong):
            raise EstimationError(f"row {int(at[wrong[0, 0]])}: differs from the rating in the fit")
