"""One new rating as a rank-one change of what is already solved (Sherman & Morrison 1950).

Only where the set of columns stays: a known therapist, and a rater who is new (the row is marginal) or has
rated twice or more (their intercept is a column). A second rating adds a column and takes the general way.
"""

from dataclasses import replace

import numpy as np

from alliance_match.prediction.arrays import Floats
from alliance_match.prediction.design import Design
from alliance_match.prediction.fitted import FittedAlliance
from alliance_match.prediction.posterior import Posterior
from alliance_match.prediction.statistics import Roster, Sums


def is_rank_one(fitted: FittedAlliance, design: Design) -> bool:
    """Whether this is one rating that leaves the columns as they are, with a solution at hand to change."""
    if len(design) != 1 or "posterior" not in fitted.__dict__:
        return False
    rater = int(fitted.roster.raters(design.client_ids)[0])
    known = fitted.roster.therapists(design.therapist_ids)[0] >= 0
    return bool(known and (rater < 0 or fitted.sums.rater_count[rater] > 1))


def learn_one(fitted: FittedAlliance, design: Design) -> FittedAlliance:
    """Learn one rating for which `is_rank_one` holds."""
    noise = fitted.variances.residual[int(design.instrument[0])]
    roster, repeat = _enlarged(fitted.roster, design, fitted.posterior.repeat)
    new = len(roster.rater_ids) > len(fitted.roster.rater_ids)
    weight = 1.0 / (noise + fitted.variances.rater * new)
    posterior = _changed(fitted, design, weight, None if new else int(roster.raters(design.client_ids)[0]))
    sums = _with_row(fitted.sums, roster, design, weight, 1.0 / noise)
    learnt = replace(fitted, roster=roster, sums=sums)
    # The cached property would solve anew; the changed solution takes its place.
    learnt.__dict__["posterior"] = replace(posterior, repeat=repeat)
    return learnt


def _changed(fitted: FittedAlliance, design: Design, weight: float, rater: int | None) -> Posterior:
    """Add weight · v v′ to the joint precision, for the row v, seen from ψ alone."""
    sums, old, roster = fitted.sums, fitted.posterior, fitted.roster
    t = int(roster.therapists(design.therapist_ids)[0])
    g, h = design.g[0], design.h[0]
    gram = sums.own_gram[t] + np.diag(fitted.precisions.own)
    answer = np.linalg.solve(gram, h)
    p = len(g)
    row = np.zeros(len(old.mean))
    row[:p] = g
    if rater is not None:
        row[p + np.searchsorted(old.repeat, rater)] = 1.0
    border = _border(fitted, t, len(row))
    left = row - answer @ border
    towards = old.covariance @ left
    own = np.linalg.solve(gram, sums.own_moment[t] - border @ old.mean)
    surprise = design.y[0] - row @ old.mean - h @ own
    gain = weight / (1.0 + weight * float(h @ answer + left @ towards))
    covariance = old.covariance - np.outer(gain * towards, towards)
    return Posterior(covariance, old.mean + gain * surprise * towards, old.repeat)


def _border(fitted: FittedAlliance, t: int, size: int) -> Floats:
    """C_t over the global columns and the repeat raters, (q, p + R)."""
    sums, roster, repeat = fitted.sums, fitted.roster, fitted.posterior.repeat
    _, q, p = sums.own_cross.shape
    border = np.zeros((q, size))
    border[:, :p] = sums.own_cross[t]
    pairs = np.flatnonzero(roster.pair_therapist == t)
    pairs = pairs[sums.rater_count[roster.pair_rater[pairs]] > 1]
    border[:, p + np.searchsorted(repeat, roster.pair_rater[pairs])] = sums.pair_cross[pairs].T
    return border


def _enlarged(roster: Roster, design: Design, repeat: np.ndarray) -> tuple[Roster, np.ndarray]:
    """The roster with the row's rater and pair, and the repeat raters' positions in it."""
    t = int(roster.therapists(design.therapist_ids)[0])
    client = int(design.client_ids[0])
    at = int(np.searchsorted(roster.rater_ids, client))
    rater_ids, pair_rater = roster.rater_ids, roster.pair_rater
    if at == len(rater_ids) or rater_ids[at] != client:
        rater_ids = np.insert(rater_ids, at, client)
        pair_rater, repeat = pair_rater + (pair_rater >= at), repeat + (repeat >= at)
    start, end = np.searchsorted(pair_rater, [at, at + 1])
    k = int(start + np.searchsorted(roster.pair_therapist[start:end], t))
    if k == end or roster.pair_therapist[k] != t:
        pair_rater = np.insert(pair_rater, k, at)
        return Roster(
            roster.therapist_ids, rater_ids, pair_rater, np.insert(roster.pair_therapist, k, t)
        ), repeat
    return Roster(roster.therapist_ids, rater_ids, pair_rater, roster.pair_therapist), repeat


def _with_row(sums: Sums, new: Roster, design: Design, weight: float, rater_weight: float) -> Sums:
    t = int(new.therapists(design.therapist_ids)[0])
    r = int(new.raters(design.client_ids)[0])
    k = int(new.pairs(np.array([r]), np.array([t]))[0])
    g, h, y = design.g[0], design.h[0], float(design.y[0])
    r_new = len(new.rater_ids) > len(sums.rater_count)
    k_new = len(new.pair_rater) > len(sums.pair_count)
    return Sums(
        gram=sums.gram + np.outer(weight * g, g),
        moment=sums.moment + weight * y * g,
        own_gram=_added(sums.own_gram, t, np.outer(weight * h, h)),
        own_cross=_added(sums.own_cross, t, np.outer(weight * h, g)),
        own_moment=_added(sums.own_moment, t, weight * y * h),
        rater_weight=_added(sums.rater_weight, r, rater_weight, insert=r_new),
        rater_cross=_added(sums.rater_cross, r, rater_weight * g, insert=r_new),
        rater_moment=_added(sums.rater_moment, r, rater_weight * y, insert=r_new),
        pair_cross=_added(sums.pair_cross, k, rater_weight * h, insert=k_new),
        rater_count=_added(sums.rater_count, r, 1, insert=r_new),
        pair_count=_added(sums.pair_count, k, 1, insert=k_new),
        square=sums.square + weight * y**2,
    )


def _added(values: np.ndarray, at: int, value: Floats | float, *, insert: bool = False) -> np.ndarray:
    """A copy with the value added to one entry, or inserted as a new one."""
    if insert:
        return np.concatenate([values[:at], np.asarray(value, dtype=values.dtype)[None], values[at:]])
    changed = values.copy()
    changed[at] += value
    return changed
