"""scikit-learn's gradient boosting on all features and on the therapist's history."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from alliance_match.prediction import Bools, Floats, TrainingTable
from benchmarks.peers import Peer, Prediction

# A history of this many ratings counts as much as the overall mean.
SHRINKAGE = 10.0


@dataclass(frozen=True)
class Fitted:
    """The trees, which columns anybody had, and each therapist's sum and number of ratings by id."""

    trees: Any
    known: Bools
    overall: float
    history: dict[int, tuple[float, int]]


def fit(train: TrainingTable) -> Fitted:
    """Learn with each row's own rating left out of its therapist's history."""
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415

    therapists, at, count = np.unique(train.therapist_ids, return_inverse=True, return_counts=True)
    sums, overall = np.bincount(at, train.score), float(train.score.mean())
    without = _history(sums[at] - train.score, count[at].astype(np.float64) - 1, overall)
    trees = HistGradientBoostingRegressor(max_depth=4, learning_rate=0.05, random_state=0)
    columns = _columns(train, without)
    known = np.asarray(~np.isnan(columns).all(axis=0))
    trees.fit(columns[:, known], train.score)
    pairs = zip(sums.tolist(), count.tolist(), strict=True)
    return Fitted(trees, known, overall, dict(zip(therapists.tolist(), pairs, strict=True)))


def predict(fitted: Fitted, rows: TrainingTable) -> Prediction:
    """The trees' forecasts, from the whole history."""
    known = [fitted.history.get(t, (0.0, 0)) for t in rows.therapist_ids.tolist()]
    sums, count = (np.array(part, dtype=float) for part in zip(*known, strict=True))
    columns = _columns(rows, _history(sums, count, fitted.overall))
    return Prediction(fitted.trees.predict(columns[:, fitted.known]))


def _history(sums: Floats, count: Floats, overall: float) -> Floats:
    return np.column_stack([(sums + SHRINKAGE * overall) / (count + SHRINKAGE), count])


def _columns(table: TrainingTable, history: Floats) -> Floats:
    return np.hstack([table.x, table.z, table.m, history])


PEER = Peer("gradient boosting + history (scikit-learn)", fit, predict, "sklearn")
