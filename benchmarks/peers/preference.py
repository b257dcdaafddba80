"""The preference rule alone: the pooled agreement, which learns nothing."""

import numpy as np

from alliance_match.prediction import TrainingTable
from benchmarks.peers import Peer, Prediction


def fit(train: TrainingTable) -> None:
    """Nothing is fitted."""


def predict(fitted: None, rows: TrainingTable) -> Prediction:
    """The sum of the pooled features: an order, not points."""
    pooled = [rows.features.match.index(name) for name in rows.features.pooled]
    return Prediction(np.nan_to_num(rows.m[:, pooled]).sum(axis=1))


PEER = Peer("preference rule alone", fit, predict)
