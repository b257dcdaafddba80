"""Simulated clinics by name, what a top suggestion gains in one, and the bound that no estimator passes.

A further world is one more line in WORLDS; everything else asks for worlds by name.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from alliance_match.prediction import (
    FitControl,
    FittedAlliance,
    Prior,
    TrainingTable,
    Variances,
    World,
    WorldControl,
    simulate,
    solve,
)
from alliance_match.prediction.arrays import Floats
from alliance_match.prediction.synthetic import SD
from benchmarks.peers import Prediction

# Shares of a rating's variance are WorldControl's: therapist 10 %, learnable 10.5 %, client 40 %.
WORLDS = {
    "curve": WorldControl(ceiling=True),
    "10.5 %": WorldControl(ratings=2014, ceiling=True, learnable=0.105),
    "6 %": WorldControl(ratings=2014, ceiling=True, learnable=0.06),
    "3 %": WorldControl(ratings=2014, ceiling=True, learnable=0.03),
    "0 %": WorldControl(ratings=2014, ceiling=True, learnable=0.0),
    "no ceiling": WorldControl(ratings=2014),
}


@dataclass(frozen=True)
class Clinic:
    """A drawn world, and its new clients × all therapists as rows."""

    control: WorldControl
    world: World

    @cached_property
    def pairs(self) -> TrainingTable:
        """Every candidate pair as a row, clients first; their scores mean nothing."""
        candidates = self.world.candidates
        (C, T), n = candidates.shape, np.prod(candidates.shape)
        match = [candidates.match[name].values().ravel() for name in candidates.features.match]
        return TrainingTable(
            features=candidates.features,
            client_ids=np.repeat(candidates.client_ids, T),
            therapist_ids=np.tile(candidates.therapist_ids, C),
            score=np.zeros(n),
            instrument=np.zeros(n, dtype=np.int64),
            instruments=self.world.table.instruments,
            session=np.full(n, candidates.session),
            x=np.repeat(candidates.x, T, axis=0),
            z=np.tile(candidates.z, (C, 1)),
            m=np.stack(match, axis=1) if match else np.zeros((n, 0)),
        )

    def gap_closed(self, predicted: Prediction) -> float:
        """Share of the gap from a random therapist to each client's best that the top suggestion closes."""
        truth = self.world.truth
        top = predicted.mean.reshape(truth.shape).argmax(axis=1)
        usual = truth.mean(axis=1)
        gained = truth[np.arange(len(truth)), top] - usual
        return float(gained.sum() / (truth.max(axis=1) - usual).sum())


def draw(name: str, seed: int, ratings: int | None = None) -> Clinic:
    """Draw a named world, with another number of ratings where one is given."""
    control = WORLDS[name] if ratings is None else replace(WORLDS[name], ratings=ratings)
    return Clinic(control, simulate(control, seed))


def bayes_bound(clinic: Clinic) -> FittedAlliance:
    """The posterior of somebody who knows every global coefficient and all variances of a bilinear world.

    Only levels and slopes of the therapists are left to learn. The coefficients are read off the noise-free
    truth by least squares: pairs minus their client's mean, on products and on the therapists' own columns.
    """
    table = clinic.world.table
    features = table.features
    known, own = _true_coefficients(clinic)
    client = clinic.control.client * SD**2
    sides = {"client": features.client, "therapist": features.therapist, "match": features.match}
    prior = Prior(
        mean=known,
        precision=dict.fromkeys(known, 1e9),
        scaling={f"{side}:{name}": (0.0, 1.0) for side, names in sides.items() for name in names},
    )
    noise = (1 - clinic.control.therapist - clinic.control.learnable - clinic.control.client) * SD**2
    variances = Variances(
        client=client / 4 / max(len(features.client), 1),
        therapist_traits=1e-6,
        match=1e-6,
        agreement=1e-6,
        bilinear=1e-6,
        therapist=clinic.control.therapist * SD**2,
        slopes=max(float(own.var()), 1e-6),
        rater=0.75 * client,
        residual=(noise,),
    )
    return solve(table, variances, FitControl(prior=prior))


def _true_coefficients(clinic: Clinic) -> tuple[dict[str, float], Floats]:
    """Coefficients of match features and products by column name, and the therapists' slopes (T, axes)."""
    pairs, truth = clinic.pairs, clinic.world.truth
    features, (C, T) = pairs.features, truth.shape
    single = [k for k, name in enumerate(features.match) if name not in features.pooled]
    axes = [features.client.index(name) for name in features.slopes]
    products = (pairs.x[:, :, None] * pairs.z[:, None, :]).reshape(C * T, -1)
    shared = np.hstack([pairs.m[:, single], products]).reshape(C, T, -1)
    shared = shared - shared.mean(axis=1, keepdims=True)
    target = truth - truth.mean(axis=1, keepdims=True)
    # Each therapist's level and slopes are taken out by a regression over the clients.
    level = np.column_stack([np.ones(C), pairs.x.reshape(C, T, -1)[:, 0, axes]])
    rest = np.eye(C) - level @ np.linalg.pinv(level)
    within, wanted = np.tensordot(rest, shared, 1), rest @ target
    found = np.linalg.lstsq(within.reshape(C * T, -1), wanted.ravel(), rcond=None)[0]
    slopes = np.linalg.lstsq(level, target - shared @ found, rcond=None)[0][1:]
    names = [f"match:{features.match[k]}" for k in single]
    names += [f"client:{a} × therapist:{b}" for a in features.client for b in features.therapist]
    known = dict(zip(names, found.tolist(), strict=True))
    return known | {f"match:{name}": 0.0 for name in features.pooled}, slopes.T
