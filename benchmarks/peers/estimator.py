"""This project's estimator, and three variants that the targets speak of."""

from dataclasses import replace

import numpy as np

from alliance_match.prediction import (
    FeatureSet,
    FitControl,
    FittedAlliance,
    Prior,
    TrainingTable,
    fit,
    forecast_rows,
)
from benchmarks.peers import Peer, Prediction

# The prior believes in +2 points per unit of agreement; the wrong one in as much disagreement.
WRONG = Prior(agreement=-2.0)


def predict(fitted: FittedAlliance, rows: TrainingTable) -> Prediction:
    """Mean and sd of a rating of each row."""
    found = forecast_rows(fitted, rows)
    return Prediction(found.mean, found.rating_sd)


def fit_wrong(train: TrainingTable) -> FittedAlliance:
    """Fit with the sign of the prior mean reversed."""
    return fit(train, FitControl(prior=WRONG))


def fit_free(train: TrainingTable) -> FittedAlliance:
    """Fit without the pooled term, and so without an opinion: the free bilinear model."""
    return fit(unpooled(train))


def predict_free(fitted: FittedAlliance, rows: TrainingTable) -> Prediction:
    """Like `predict`, without the pooled features."""
    return predict(fitted, unpooled(rows))


def unpooled(table: TrainingTable) -> TrainingTable:
    """The table without its pooled match features."""
    names = table.features.match
    kept = [k for k, name in enumerate(names) if name not in table.features.pooled]
    features = replace(table.features, match=tuple(names[k] for k in kept), pooled=())
    return replace(table, features=features, m=table.m[:, kept])


def fit_bare(train: TrainingTable) -> FittedAlliance:
    """Fit intercepts of therapists and clients, and nothing else."""
    return fit(bare(train))


def predict_bare(fitted: FittedAlliance, rows: TrainingTable) -> Prediction:
    """Like `predict`, without features."""
    return predict(fitted, bare(rows))


def bare(table: TrainingTable) -> TrainingTable:
    """The same ratings without any feature."""
    nothing = np.zeros((len(table), 0))
    return replace(table, features=FeatureSet(bilinear=False), x=nothing, z=nothing, m=nothing)


PEER = Peer("this estimator", fit, predict)
WRONG_PRIOR = Peer("this estimator, wrong prior mean", fit_wrong, predict)
FREE = Peer("this estimator, free bilinear (no pooled term)", fit_free, predict_free)
INTERCEPTS = Peer("this estimator, intercepts only", fit_bare, predict_bare)
