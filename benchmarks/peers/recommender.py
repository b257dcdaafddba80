"""Surprise's SVD: factors of raters and ratees, no features."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from alliance_match.prediction import Floats, Ints, TrainingTable
from benchmarks.peers import Peer, Prediction

# SVD's learning rate and penalty are meant for ratings of 1 to 5.
STEP, LOWEST = 25.0, 1.0


@dataclass(frozen=True)
class Fitted:
    """The factors, with the rows in which they stand by id."""

    svd: Any
    raters: dict[int, int]
    ratees: dict[int, int]


def fit(train: TrainingTable) -> Fitted:
    """Stochastic gradient descent with Surprise's own settings."""
    from surprise import SVD, Dataset, Reader  # noqa: PLC0415

    rows = zip(
        train.client_ids.tolist(),
        train.therapist_ids.tolist(),
        (train.score / STEP + LOWEST).tolist(),
        [None] * len(train),
        strict=True,
    )
    data = Dataset(Reader(rating_scale=(1, 5)))
    trainset = data.construct_trainset(list(rows))
    svd = SVD(random_state=0).fit(trainset)
    raters = {raw: trainset.to_inner_uid(raw) for raw in np.unique(train.client_ids).tolist()}
    ratees = {raw: trainset.to_inner_iid(raw) for raw in np.unique(train.therapist_ids).tolist()}
    return Fitted(svd, raters, ratees)


def predict(fitted: Fitted, rows: TrainingTable) -> Prediction:
    """Mean plus both biases plus the factors' product, as far as rater and ratee are known."""
    svd = fitted.svd
    rater = np.array([fitted.raters.get(c, -1) for c in rows.client_ids.tolist()])
    ratee = np.array([fitted.ratees.get(t, -1) for t in rows.therapist_ids.tolist()])
    bias = _known(svd.bu, rater) + _known(svd.bi, ratee)
    product = (_known(svd.pu, rater) * _known(svd.qi, ratee)).sum(axis=1)
    return Prediction((svd.trainset.global_mean + bias + product - LOWEST) * STEP)


def _known(values: Floats, at: Ints) -> Floats:
    """values[at], 0 where at is −1."""
    padded = np.concatenate([values, np.zeros_like(values[:1])])
    return padded[at]


PEER = Peer("SVD (Surprise)", fit, predict, "surprise")
