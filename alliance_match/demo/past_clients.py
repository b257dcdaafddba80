"""Made-up past clients and their third-session ratings, drawn from a known truth with one fixed seed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliance_match.accounts.models import Clinic
from alliance_match.demo.people import NEW_HERE
from alliance_match.vocabulary import Concern, StyleDimension
from clients.models import Client, Consent, Episode, Intake, Purpose, Session, StylePreference
from surveys.models import AllianceRating, Instrument
from therapists.models import PractisedStyle, Therapist

PAST_CLIENTS = 1_200
STILL_IN_CARE = 120
SEED = 20_260
MEAN, THERAPIST_SD, CLIENT_SD, NOISE_SD = 70.0, 4.0, 7.0, 8.0
# Points an alliance loses for each squared step apart, at importance 1.
PER_SQUARED_STEP = 0.22
DROPPED_OUT = 0.14


@dataclass(frozen=True)
class DrawnClients:
    """What was drawn for the past clients: positions and importances (n, 4), therapist and score (n,)."""

    position: np.ndarray
    importance: np.ndarray
    therapist: np.ndarray
    score: np.ndarray
    dropped_out: np.ndarray
    concern: np.ndarray


def past_clients_draw(therapists: Sequence[Therapist]) -> DrawnClients:
    """Draw past clients, seen by whoever was free, and how the bond was by session three."""
    rng = np.random.default_rng(SEED)
    n = PAST_CLIENTS
    position = rng.integers(-3, 4, (n, len(StyleDimension)))
    importance = rng.integers(0, 4, (n, len(StyleDimension)))
    weight = [0.1 if one.name == NEW_HERE else 1.0 for one in therapists]
    therapist = rng.choice(len(therapists), n, p=np.array(weight) / sum(weight))
    practised = np.array([[style.position for style in _styles_in_order(one)] for one in therapists])
    gap = np.maximum(0, np.abs(position - practised[therapist]) - 1)
    loss = PER_SQUARED_STEP * (importance * gap**2).sum(axis=1)
    usual = rng.normal(0, THERAPIST_SD, len(therapists))[therapist] + rng.normal(0, CLIENT_SD, n)
    score = MEAN + 5 + usual - loss + rng.normal(0, NOISE_SD, n)
    return DrawnClients(
        position=position,
        importance=importance,
        therapist=therapist,
        score=np.clip(np.round(score / 100 * 60) / 60 * 100, 0, 100),
        dropped_out=rng.random(n) < DROPPED_OUT,
        concern=rng.integers(0, len(Concern), (n, 2)),
    )


def _styles_in_order(therapist: Therapist) -> list[PractisedStyle]:
    styles = {style.dimension: style for style in therapist.styles.all()}
    return [styles[dimension] for dimension in StyleDimension.values]


def past_clients_write(
    clinic: Clinic, therapists: Sequence[Therapist], instrument: Instrument, today: datetime.date
) -> None:
    """Store the drawn history: clients, consents, episodes, three sessions each, one rating."""
    drawn = past_clients_draw(therapists)
    in_care = (~drawn.dropped_out) & (np.arange(PAST_CLIENTS) >= PAST_CLIENTS - STILL_IN_CARE)
    clients = Client.objects.bulk_create(
        Client(
            clinic=clinic,
            code=f"past-{k:04}",
            name=f"Past client {k} (made up)",
            status=Client.Status.IN_CARE if in_care[k - 1] else Client.Status.ENDED,
        )
        for k in range(1, PAST_CLIENTS + 1)
    )
    _write_answers(clients, drawn)
    began = [today - datetime.timedelta(days=900 - round(k * 0.7)) for k in range(PAST_CLIENTS)]
    episodes = Episode.objects.bulk_create(
        Episode(
            clinic=clinic,
            client=client,
            therapist=therapists[drawn.therapist[k]],
            started_on=began[k],
            ended_on=None
            if in_care[k]
            else began[k] + datetime.timedelta(10 if drawn.dropped_out[k] else 45),
            ending="" if in_care[k] else "stopped" if drawn.dropped_out[k] else "completed",
        )
        for k, client in enumerate(clients)
    )
    _write_sessions(clinic, episodes, began, drawn, instrument)


def _write_answers(clients: Sequence[Client], drawn: DrawnClients) -> None:
    Consent.objects.bulk_create(
        Consent(client=client, purpose=purpose) for client in clients for purpose in Purpose.values
    )
    names = list(Concern.values)
    Intake.objects.bulk_create(
        Intake(client=client, step=4, concerns=sorted({names[c] for c in drawn.concern[k]}))
        for k, client in enumerate(clients)
    )
    StylePreference.objects.bulk_create(
        StylePreference(
            client=client,
            dimension=dimension,
            position=int(drawn.position[k, d]),
            importance=int(drawn.importance[k, d]),
        )
        for k, client in enumerate(clients)
        for d, dimension in enumerate(StyleDimension.values)
    )


def _write_sessions(
    clinic: Clinic,
    episodes: Sequence[Episode],
    began: Sequence[datetime.date],
    drawn: DrawnClients,
    instrument: Instrument,
) -> None:
    sessions = Session.objects.bulk_create(
        Session(
            clinic=clinic,
            episode=episode,
            code=f"{episode.client.code}-{number}",
            number=number,
            held_on=began[k] + datetime.timedelta(days=7 * (number - 1)),
        )
        for k, episode in enumerate(episodes)
        for number in range(1, 2 if drawn.dropped_out[k] else 4)
    )
    score = {episode.pk: float(drawn.score[k]) for k, episode in enumerate(episodes)}
    AllianceRating.objects.bulk_create(
        AllianceRating(
            clinic=clinic,
            session=session,
            instrument=instrument,
            total=score[session.episode_id],
            bond=score[session.episode_id],
        )
        for session in sessions
        if session.number == 3
    )
