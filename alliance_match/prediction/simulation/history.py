"""The past of a simulated clinic: who saw whom and when, how that was rated, and who dropped out before."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.tables import TrainingTable
from alliance_match.prediction.simulation.population import FEATURES, INSTRUMENT, SD, USUAL, People
from alliance_match.prediction.simulation.scenarios import WorldControl

# The ends of an instrument's scale, points.
SCALE = 0.0, 100.0

# Spread of the offsets of further instruments, points, and the range of their noise against the first's.
OFFSET_SD, NOISE_RATIO = 6.0, (0.7, 1.4)

# Log odds of dropping out per standard deviation of the true alliance: those who stay then rate about .55
# standard deviations higher than those who drop out would (Sharf, Primavera & Diener 2010).
DROPOUT_SLOPE = 0.7

# Correlation of what is reported after the first session with the true alliance of session three.
FIRST_SESSION_CORRELATION = 0.7


@dataclass(frozen=True)
class PastPairs:
    """Pairs in order of time, from 0 to 1, with the rating each gives unless it ends before; all (n,).

    score, offset and noise_sd in points; `stays` marks those who rate; `first_session_alliance` is what each
    reports after the first session, points.
    """

    client: Ints
    therapist: Ints
    time: Floats
    instrument: Ints
    offset: Floats
    noise_sd: Floats
    score: Floats
    stays: Bools
    first_session_alliance: Floats


def past_pairs_draw(control: WorldControl, people: People, rng: np.random.Generator) -> PastPairs:
    """Draw the past of these people. Each option has draws of its own and leaves the others' as they are."""
    assigning, measuring, dropping_out, beginning = rng.spawn(4)
    client = _draw_clients(control, rng)
    therapist = rng.integers(control.therapists, size=control.ratings)
    if control.confounding:
        severity = -people.client_level[client]
        therapist = _by_severity(therapist, people.therapist_level, severity, control.confounding, assigning)
    time = np.linspace(0.0, 1.0, control.ratings)
    truth = people.client_level[client] + people.level_at(therapist, time)
    truth = truth + people.interaction.at(client, therapist)
    instrument, offset, spread = _draw_instruments(control, therapist, measuring)
    score = truth + offset + spread * rng.standard_normal(control.ratings)
    return PastPairs(
        client=client,
        therapist=therapist,
        time=time,
        instrument=instrument,
        offset=offset,
        noise_sd=spread,
        score=np.clip(score, *SCALE),
        stays=_stays_to_third_session(control.dropout, truth, dropping_out),
        first_session_alliance=_first_session(truth, beginning),
    )


def _draw_clients(control: WorldControl, rng: np.random.Generator) -> Ints:
    past = control.past_clients
    return rng.permutation(np.concatenate([np.arange(past), rng.permutation(past)[: control.ratings - past]]))


def _by_severity(
    therapist: Ints, seniority: Floats, severity: Floats, correlation: float, rng: np.random.Generator
) -> Ints:
    """Deal the same therapists out again, so that caseloads stay as they are."""
    rank = correlation * _standardised(severity) + np.sqrt(1 - correlation**2) * rng.standard_normal(
        len(severity)
    )
    dealt = np.empty_like(therapist)
    dealt[np.argsort(rank)] = therapist[np.argsort(seniority[therapist], kind="stable")]
    return dealt


def _stays_to_third_session(dropout: float, truth: Floats, rng: np.random.Generator) -> Bools:
    log_odds = rng.logistic(size=len(truth)) - DROPOUT_SLOPE * _standardised(truth)
    stays = np.ones(len(truth), dtype=bool)
    stays[np.argsort(-log_odds)[: round(dropout * len(truth))]] = False
    return stays


def _first_session(truth: Floats, rng: np.random.Generator) -> Floats:
    r = FIRST_SESSION_CORRELATION
    reported = r * _standardised(truth) + np.sqrt(1 - r**2) * rng.standard_normal(len(truth))
    return np.asarray(np.clip(USUAL + SD * reported, *SCALE))


def _standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-12))


def _draw_instruments(
    control: WorldControl, therapist: Ints, rng: np.random.Generator
) -> tuple[Ints, Floats, Floats]:
    """The instrument of each pair, with its offset and noise in points."""
    further = control.instruments - 1
    offset = np.append(0.0, OFFSET_SD * rng.standard_normal(further))
    ratio = np.append(1.0, rng.uniform(*NOISE_RATIO, further))
    instrument = rng.integers(control.instruments, size=control.therapists)[therapist]
    return instrument, offset[instrument], noise_sd(control) * ratio[instrument]


def noise_sd(control: WorldControl) -> float:
    """What one rating with the first instrument adds to the true alliance, points."""
    return float(SD * np.sqrt(1 - control.therapist - control.learnable - control.client))


def table_of(control: WorldControl, people: People, past: PastPairs) -> TrainingTable:
    """What all pairs would rate, as the estimator takes it."""
    client, therapist = past.client, past.therapist
    return TrainingTable(
        features=FEATURES,
        client_ids=client,
        therapist_ids=therapist,
        score=past.score,
        instrument=past.instrument,
        instruments=(INSTRUMENT, *(f"{INSTRUMENT} {k + 1}" for k in range(1, control.instruments))),
        session=np.full(len(client), 3),
        x=people.x[client],
        z=people.z[therapist],
        m=np.stack([people.match[name].at(client, therapist) for name in FEATURES.match], axis=1),
    )
