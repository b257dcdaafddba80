"""scikit-learn's BayesianRidge on all features, their products, and one column for each therapist."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from alliance_match.prediction import Floats, Ints, TrainingTable
from benchmarks.columns import Columns
from benchmarks.peers import Peer, Prediction

# It decomposes all columns at once: beyond these it takes many minutes.
MOST_COLUMNS = 2000


@dataclass(frozen=True)
class Fitted:
    """The regression, and the therapists (T,) that have a column."""

    columns: Columns
    therapists: Ints
    ridge: Any


def fit(train: TrainingTable) -> Fitted:
    """One variance for all coefficients: what the blocks of the estimator are for.

    Raises ValueError on too many therapists.
    """
    from sklearn.linear_model import BayesianRidge  # noqa: PLC0415

    columns, therapists = Columns.of(train), np.unique(train.therapist_ids)
    if len(therapists) > MOST_COLUMNS:
        raise ValueError(f"{len(therapists):,} columns of ratees would take it too long")
    return Fitted(columns, therapists, BayesianRidge().fit(_design(columns, therapists, train), train.score))


def predict(fitted: Fitted, rows: TrainingTable) -> Prediction:
    """Mean and sd of a rating of each row."""
    design = _design(fitted.columns, fitted.therapists, rows)
    return Prediction(*fitted.ridge.predict(design, return_std=True))


def _design(columns: Columns, therapists: Ints, table: TrainingTable) -> Floats:
    return np.hstack([columns.with_products(table), table.therapist_ids[:, None] == therapists])


PEER = Peer("BayesianRidge on outer products (scikit-learn)", fit, predict, "sklearn")
