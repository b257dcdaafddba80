"""Made-up clinics whose truth is known: for tests and benchmarks, never as evidence of clinical benefit."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.data.tables import Candidates, TrainingTable
from alliance_match.prediction.inference.dropout_weights import StartedPairs
from alliance_match.prediction.simulation.bayes_bound import Oracle
from alliance_match.prediction.simulation.history import SCALE, PastPairs, noise_sd, past_pairs_draw, table_of
from alliance_match.prediction.simulation.population import (
    PREDICTABLE,
    SD,
    People,
    candidates_of,
    draw_people,
)
from alliance_match.prediction.simulation.scenarios import WorldControl


@dataclass(frozen=True)
class World:
    """A simulated clinic: its ratings, and new clients × all therapists.

    Attributes
    ----------
    table : TrainingTable
    candidates : Candidates
    truth : array of shape (C, T)
        The true alliance of those pairs now, in points, before any ceiling.
    expected : array of shape (C, T)
        The same without the part of the clients' level that no feature tells, which cancels in differences
        between therapists.
    dropouts : TrainingTable
        Pairs that ended before a rating, with the rating they would have given.
    noise_sd : float
        What one rating adds with the first instrument, in points.
    started_pairs : StartedPairs
        All pairs, the rated ones in the order of `table`.
    oracle : Oracle
        Who knows all shared parameters.
    """

    table: TrainingTable
    candidates: Candidates
    truth: Floats
    expected: Floats
    dropouts: TrainingTable
    noise_sd: float
    started_pairs: StartedPairs
    oracle: Oracle

    @cached_property
    def bound(self) -> Floats:
        """The Bayes bound (C, T): what is expected of each pair by whoever knows all shared parameters, and
        infers therapists and raters from `table` (`Oracle.bound`)."""
        return self.oracle.bound()

    @cached_property
    def reported(self) -> Floats:
        """What the clients would report of each pair on average, (C, T): ratings end where the scale does."""
        low, high = ((end - self.truth) / self.noise_sd for end in SCALE)
        inside = scipy.special.ndtr(high) - scipy.special.ndtr(low)
        beyond = SCALE[0] * scipy.special.ndtr(low) + SCALE[1] * scipy.special.ndtr(-high)
        bent = np.exp(-(low**2) / 2) - np.exp(-(high**2) / 2)
        return np.asarray(self.truth * inside + beyond + self.noise_sd * bent / np.sqrt(2 * np.pi))


def simulate(control: WorldControl, seed: int) -> World:
    """Draw a clinic whose truth is known.

    Parameters
    ----------
    control : WorldControl
        What is true in it; `WORLDS` has named ones.
    seed : int
        Decides everything.

    Returns
    -------
    World
    """
    rng = np.random.default_rng(seed)
    people = draw_people(control, rng)
    past = past_pairs_draw(control, people, rng)
    table = table_of(control, people, past)
    new = control.past_clients + np.arange(control.new_clients)
    pairs = people.client_level[new, None] + people.level_at(np.arange(control.therapists), 1.0)
    pairs = pairs + people.interaction.of_clients(new).values()
    return World(
        table=table.rows(past.stays),
        candidates=candidates_of(people, new),
        truth=pairs,
        expected=pairs - (people.client_level - people.client_expected)[new, None],
        dropouts=table.rows(~past.stays),
        noise_sd=noise_sd(control),
        started_pairs=_started_pairs(table, past),
        oracle=_oracle(control, people, past, new),
    )


def _started_pairs(table: TrainingTable, past: PastPairs) -> StartedPairs:
    return StartedPairs(
        features=table.features,
        client_ids=table.client_ids,
        therapist_ids=table.therapist_ids,
        x=table.x,
        z=table.z,
        m=table.m,
        first_session_alliance=past.first_session_alliance,
        rated=past.stays,
    )


def _oracle(control: WorldControl, people: People, past: PastPairs, new: Ints) -> Oracle:
    client, therapist = past.client[past.stays], past.therapist[past.stays]
    known = people.client_expected[client] + people.shared.at(client, therapist)

    def response(clients: Ints, time: Floats) -> Floats:
        level = np.full(len(clients), SD * np.sqrt(control.therapist))
        drift = SD * np.sqrt(control.drift) * (time - 0.5)
        return np.column_stack([level, people.own.client[clients], drift])

    return Oracle(
        client=client,
        therapist=therapist,
        surprise=(past.score - past.offset)[past.stays] - known,
        response=response(client, past.time[past.stays]),
        client_sd=SD * np.sqrt(control.client * (1 - PREDICTABLE)),
        noise_sd=past.noise_sd[past.stays],
        shared=people.client_expected[new, None] + people.shared.of_clients(new).values(),
        new_response=response(new, np.ones(len(new))),
    )
