"""Nested estimators, each with one more part of the whole, and the plainest peer."""

from dataclasses import dataclass, replace

import numpy as np

from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.data.tables import FeatureSet, TrainingTable
from alliance_match.prediction.forecasting.rows import forecast_rows
from alliance_match.prediction.inference.fit import fit_unchecked
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.model.priors import FitControl, Prior

LEAST_BETWEEN = 1e-9


@dataclass(frozen=True)
class NestedModels:
    """Forecast means (n,) of the held-out rows by model, and the whole estimator."""

    means: dict[str, Floats]
    whole: FittedAlliance


def nested_models(train: TrainingTable, test: TrainingTable, control: FitControl) -> NestedModels:
    """Fit mean → + client → + therapist → + match → + slopes (own slopes and free products)."""
    whole = fit_unchecked(train, control)
    client = FeatureSet(client=train.features.client, bilinear=False)
    therapist = replace(client, therapist=train.features.therapist)
    match = replace(therapist, match=train.features.match, pooled=train.features.pooled)
    means = {"mean": np.full(len(test), train.score.mean())}
    # One therapist for all: the therapists' level must not help the clients' model.
    alike = [replace(table, therapist_ids=np.zeros_like(table.therapist_ids)) for table in (train, test)]
    means["client"] = _means(alike[0], alike[1], client, control)
    means["therapist"] = _means(train, test, therapist, control)
    means["match"] = _means(train, test, match, control)
    means["slopes"] = forecast_rows(whole, test).mean
    return NestedModels(means, whole)


def _means(train: TrainingTable, test: TrainingTable, features: FeatureSet, control: FitControl) -> Floats:
    prior = _restricted(control.prior, features)
    fitted = fit_unchecked(_with_features(train, features), replace(control, prior=prior))
    return forecast_rows(fitted, _with_features(test, features)).mean


def _with_features(table: TrainingTable, features: FeatureSet) -> TrainingTable:
    """The same rows with only the features named; a model has all of a side's features or none."""
    return replace(
        table,
        features=features,
        x=table.x[:, : len(features.client)],
        z=table.z[:, : len(features.therapist)],
        m=table.m[:, : len(features.match)],
    )


def _restricted(prior: Prior, features: FeatureSet) -> Prior:
    """The prior without what it says of columns that the model lacks."""
    sides = {side: getattr(features, side) for side in ("client", "therapist", "match")}
    present = {f"{side}:{name}" for side, names in sides.items() for name in names}

    def kept(column: str) -> bool:
        parts = column.removesuffix(" missing").split(" × ")
        is_offset = column.startswith(("instrument:", "session:"))
        return is_offset or (present.issuperset(parts) and (len(parts) == 1 or features.bilinear))

    return replace(
        prior,
        mean={name: value for name, value in prior.mean.items() if kept(name)},
        precision={name: value for name, value in prior.precision.items() if kept(name)},
    )


def shrunken_means(train: TrainingTable, test: TrainingTable) -> Floats:
    """The plainest peer: each therapist's mean rating, shrunken by the moments of a one-way layout.

    Parameters
    ----------
    train, test : TrainingTable
        The ratings given, and the rows to forecast.

    Returns
    -------
    array of shape (n,)
        Forecast means of the rows of `test`, in points.
    """
    therapists, at, count = np.unique(train.therapist_ids, return_inverse=True, return_counts=True)
    overall = train.score.mean()
    mean = np.bincount(at, train.score) / count
    n, groups = len(train), len(therapists)
    within = float(((train.score - mean[at]) ** 2).sum()) / max(n - groups, 1)
    spread = float((count * (mean - overall) ** 2).sum()) - (groups - 1) * within
    apart = n - float((count**2).sum()) / n
    # Of a single therapist nothing is known of how far therapists differ.
    between = max(spread / apart, LEAST_BETWEEN) if groups > 1 else LEAST_BETWEEN
    shrunken = overall + (mean - overall) * between / (between + within / count)
    known = dict(zip(therapists.tolist(), shrunken.tolist(), strict=True))
    return np.array([known.get(t, overall) for t in test.therapist_ids.tolist()])
