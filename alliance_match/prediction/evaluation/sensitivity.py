"""What would change if those who dropped out had felt weaker alliances than is forecast for them."""

from dataclasses import dataclass

import numpy as np
import scipy

from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import Candidates, TrainingTable
from alliance_match.prediction.forecasting.forecast import forecast
from alliance_match.prediction.forecasting.ranking import shortlist
from alliance_match.prediction.forecasting.rows import forecast_rows
from alliance_match.prediction.inference.dropout_weights import StartedPairs
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.update import update


@dataclass(frozen=True)
class Sensitivity:
    """What would be forecast if each pair that dropped out had rated lower than it is forecast.

    Attributes
    ----------
    shift : float
        By how many points.
    dropouts : int
        So many pairs.
    clients : int
        Clients who have an allowed therapist.
    changed : int
        Those of them who would be given another first suggestion.
    median_move, largest_move : float
        By how many points therapists' levels (how bonds form with them in general, against the average
        candidate) would move.
    correlation : float
        Rank correlation of the levels before and after, NaN where all are equal.
    """

    shift: float
    dropouts: int
    clients: int
    changed: int
    median_move: float
    largest_move: float
    correlation: float


def sensitivity(
    fitted: FittedAlliance, started: StartedPairs, candidates: Candidates, allowed: Bools, shift: float
) -> Sensitivity:
    """Add those who dropped out as if each had rated some points below the forecast, variances unchanged.

    Ratings at the forecast itself would move no mean, so `fitted` is what is compared with (delta
    adjustment).

    Parameters
    ----------
    fitted : FittedAlliance
    started : StartedPairs
        Those of its pairs that dropped out are added.
    candidates : Candidates
        C clients × T therapists whose forecasts are compared.
    allowed : boolean array of shape (C, T)
        Whom each client may be suggested.
    shift : float
        How far below the forecast, in points.

    Returns
    -------
    Sensitivity

    Raises
    ------
    EstimationError
        Like `update` and `shortlist`, and without therapists.

    References
    ----------
    Rubin (1977).
    """
    if not candidates.shape[1]:
        raise EstimationError("candidates: no therapist")
    before, level = _first_suggestions(fitted, candidates, allowed)
    lower = update(fitted, _as_if_rated(fitted, started, candidates, shift))
    after, level_after = _first_suggestions(lower, candidates, allowed)
    moved = np.abs(level_after - level)
    return Sensitivity(
        shift=shift,
        dropouts=int(started.dropped_out.sum()),
        clients=int((before >= 0).sum()),
        changed=int((before != after).sum()),
        median_move=float(np.median(moved)),
        largest_move=float(moved.max()),
        correlation=_rank_correlation(level, level_after),
    )


def _first_suggestions(fitted: FittedAlliance, candidates: Candidates, allowed: Bools) -> tuple[Ints, Floats]:
    """The first suggestion of each client (C,), −1 where nobody is allowed, and the levels (T,)."""
    found = forecast(fitted, candidates)
    best = shortlist(found, 1, allowed, candidates.client_ids)[:, 0]
    return best, np.asarray(found.design.general - found.design.general.mean())


def _as_if_rated(
    fitted: FittedAlliance, started: StartedPairs, candidates: Candidates, shift: float
) -> TrainingTable:
    dropouts = np.flatnonzero(started.dropped_out)
    names = ("client_ids", "therapist_ids", "x", "z", "m")
    per_row = {name: getattr(started, name)[dropouts] for name in names}

    def rated(score: Floats) -> TrainingTable:
        return TrainingTable(
            features=started.features,
            score=np.clip(score, 0.0, 100.0),
            instrument=np.zeros(len(dropouts), dtype=np.int64),
            instruments=(candidates.instrument,),
            session=np.full(len(dropouts), candidates.session),
            **per_row,
        )

    return rated(forecast_rows(fitted, rated(np.zeros(len(dropouts)))).mean - shift)


def _rank_correlation(one: Floats, other: Floats) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(scipy.stats.spearmanr(one, other).statistic)
