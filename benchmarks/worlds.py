"""The simulated clinics of the targets, all friendly, by name, and what a top suggestion gains in one."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from alliance_match.prediction import TrainingTable, World, WorldControl, simulate
from benchmarks.peers import Prediction

# Shares of a rating's variance are WorldControl's: therapist 10 %, learnable 10.5 %, client 40 %.
FRIENDLY = {
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

    @property
    def bound(self) -> float:
        """What the Bayes bound closes of the gap."""
        return self.gap_closed(Prediction(self.world.bound))

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
    control = FRIENDLY[name] if ratings is None else replace(FRIENDLY[name], ratings=ratings)
    return Clinic(control, simulate(control, seed))
