"""How good the forecasts of held-out ratings are, against plainer estimators, with intervals."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.evaluation.calibration import Calibration, calibrate
from alliance_match.prediction.evaluation.metrics import (
    Interval,
    coverage,
    rank_correlation,
    rmse,
    therapist_bootstrap,
)
from alliance_match.prediction.evaluation.nested_models import nested_models, shrunken_means
from alliance_match.prediction.forecasting.rows import forecast_rows
from alliance_match.prediction.model.priors import FitControl

Verdict = Literal["preference fit", "early", "predicted", "no detectable match effect"]

# Rated pairs from which a clinic is shown early estimates, and from which predictions if they have earned it.
EARLY, ENOUGH = 100, 300

# So that two are left to fit when one is held out.
FEWEST_THERAPISTS = 3

# A bootstrap over fewer therapists calls chance sure: of clinics with 400 ratings and nothing to match on it
# found a gain in a fifth with two therapists, an eighth with three, and no more than 5 % from four on.
FEWEST_TO_DETECT = 4


@dataclass(frozen=True)
class Evaluation:
    """Forecasts of held-out ratings, compared with what was then reported.

    Attributes
    ----------
    ratings, therapists : int
        How many were held out.
    rmse : float
        Root mean squared error, in points.
    r2 : float
        R² against the mean of the training ratings.
    spearman : float
        Mean rank correlation within raters of two held-out ratings or more, NaN without any.
    coverage : dict of float to float
        Share inside the central interval, by level.
    calibration : Calibration
        How far it would have had to reach.
    nested_r2 : dict of str to Interval
        R² by model, each with more parts than the one before.
    match_gain : Interval
        R² that match features and slopes add.
    gain : Interval
        R² beyond the shrunken therapist mean.
    peer_rmse, peer_spearman : float
        The figures of the shrunken therapist mean.
    """

    ratings: int
    therapists: int
    rmse: float
    r2: float
    spearman: float
    coverage: dict[float, float]
    calibration: Calibration
    nested_r2: dict[str, Interval]
    match_gain: Interval
    gain: Interval
    peer_rmse: float
    peer_spearman: float


def evaluate(
    table: TrainingTable, held_out: Bools, control: FitControl | None = None, seed: int = 0
) -> Evaluation:
    """Fit on the rows not held out and forecast the others.

    Parameters
    ----------
    table : TrainingTable
        n ratings.
    held_out : boolean array of shape (n,)
        `latest_rows` gives a split forward in time.
    control : FitControl, optional
    seed : int
        Of the bootstrap over therapists, from which the 90 % intervals are.

    Returns
    -------
    Evaluation

    Raises
    ------
    EstimationError
        If a side of the split is empty.
    """
    held_out = check.as_booleans(held_out, (len(table),), "held_out")
    check.require_whole_number(seed, 0, "seed")
    if held_out.all() or not held_out.any():
        raise EstimationError("held_out: rows on both sides are needed")
    return _evaluation_of_folds(table, [_forecasts(table, held_out, control or FitControl())], seed)


def evaluate_unseen_therapists(
    table: TrainingTable, folds: int = 5, control: FitControl | None = None, seed: int = 0
) -> Evaluation:
    """Hold each therapist out once, with all of their ratings, and forecast them as somebody new.

    The therapists are dealt into folds by chance, and the forecasts of all folds are pooled. What remains
    is what features tell: no therapist's own level or slopes.

    Parameters
    ----------
    table : TrainingTable
    folds : int
        As many folds as therapists if these are fewer.
    control : FitControl, optional
    seed : int
        Of the folds and of the bootstrap.

    Returns
    -------
    Evaluation

    Raises
    ------
    EstimationError
        On fewer than three therapists or two folds.
    """
    check.require_whole_number(folds, 0, "folds")
    check.require_whole_number(seed, 0, "seed")
    therapists = np.random.default_rng(seed).permutation(np.unique(table.therapist_ids))
    if len(therapists) < FEWEST_THERAPISTS or folds < 2:
        raise EstimationError(f"folds: {folds} of {len(therapists)} therapists; 2 of 3 are the fewest")
    parts = np.array_split(therapists, min(folds, len(therapists)))
    marks = [np.isin(table.therapist_ids, part) for part in parts]
    return _evaluation_of_folds(
        table, [_forecasts(table, mark, control or FitControl()) for mark in marks], seed
    )


@dataclass(frozen=True)
class _Forecasts:
    """What was forecast of held-out rows, by position, from the others: (n,) each, and means by model."""

    rows: Ints
    means: dict[str, Floats]
    rating_sd: Floats
    peer: Floats


def _forecasts(table: TrainingTable, held_out: Bools, control: FitControl) -> _Forecasts:
    train, test = table.rows(~held_out), table.rows(held_out)
    models = nested_models(train, test, control)
    return _Forecasts(
        rows=np.flatnonzero(held_out),
        means=models.means,
        rating_sd=forecast_rows(models.whole, test).rating_sd,
        peer=shrunken_means(train, test),
    )


def _evaluation_of_folds(table: TrainingTable, folds: list[_Forecasts], seed: int) -> Evaluation:
    test = table.rows(np.concatenate([fold.rows for fold in folds]))
    means = {name: np.concatenate([fold.means[name] for fold in folds]) for name in folds[0].means}
    mean, peer = means["slopes"], np.concatenate([fold.peer for fold in folds])
    rating_sd = np.concatenate([fold.rating_sd for fold in folds])
    bootstrap = therapist_bootstrap(test, means["mean"], seed)
    return Evaluation(
        ratings=len(test),
        therapists=len(np.unique(test.therapist_ids)),
        rmse=rmse(test.score, mean),
        r2=bootstrap.r2(mean).estimate,
        spearman=rank_correlation(test, mean),
        coverage=coverage(test.score, mean, rating_sd),
        calibration=calibrate(test.score, mean, rating_sd),
        nested_r2={name: bootstrap.r2(of_model) for name, of_model in means.items()},
        match_gain=bootstrap.gain(mean, means["therapist"]),
        gain=bootstrap.gain(mean, peer),
        peer_rmse=rmse(test.score, peer),
        peer_spearman=rank_correlation(test, peer),
    )


def latest_rows(time: Floats, share: float = 0.2) -> Bools:
    """Mark the latest share of the rows; rows of the same time stay on the same side.

    Parameters
    ----------
    time : array of shape (n,)
        In any unit.
    share : float
        Between 0 and 1.

    Returns
    -------
    boolean array of shape (n,)

    Raises
    ------
    EstimationError
        On a time that is not finite, no rows, or a share that is not between 0 and 1.
    """
    time = check.as_floats(time, (None,), "time")
    check.require_finite(time, "time")
    if not len(time) or not 0 < share < 1:
        raise EstimationError(f"share: {share!r} of {len(time)} rows is not between 0 and 1, or of nothing")
    return np.asarray(time > np.quantile(time, 1 - share, method="lower"))


def verdict(evaluation: Evaluation | None, rated_dyads: int) -> Verdict:
    """What a clinic may be shown: predictions only when the gain of match and slopes is surely above 0.

    Parameters
    ----------
    evaluation : Evaluation or None
        Of fewer than four therapists held out nothing is sure.
    rated_dyads : int
        Pairs of client and therapist with a rating.

    Returns
    -------
    Verdict
        "preference fit" below 100 rated pairs, "early" below 300 or without an evaluation, then "predicted"
        or "no detectable match effect".
    """
    if rated_dyads < EARLY:
        return "preference fit"
    if rated_dyads < ENOUGH or evaluation is None:
        return "early"
    detected = evaluation.therapists >= FEWEST_TO_DETECT and evaluation.match_gain.low > 0
    return "predicted" if detected else "no detectable match effect"
