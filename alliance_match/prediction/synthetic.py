"""Made-up clinics whose truth is known: for tests and benchmarks, never as evidence of clinical benefit."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.agreement import POSITIONS, PairTerms, overlap, style_agreement, total
from alliance_match.prediction.arrays import Floats, Ints
from alliance_match.prediction.errors import EstimationError
from alliance_match.prediction.tables import Candidates, FeatureSet, TrainingTable

STYLES = ("direction", "emotion", "past", "challenge")
FEATURES = FeatureSet(
    client=("distress", "hope", "trust"),
    therapist=("warmth", "structure"),
    match=(*(f"style {name}" for name in STYLES), "agreement", "concerns"),
    pooled=("agreement",),
    slopes=("distress", "hope"),
)
CONCERNS = 6
INSTRUMENT = "session alliance"
SD, USUAL, USUAL_AT_CEILING = 15.0, 70.0, 85.0

# What the learnable part consists of, as shares of its variance; `own` is what a therapist's own slopes
# hold, which only that therapist's ratings can teach.
LEARNABLE = {"style": 0.5, "concerns": 0.2, "traits": 0.15, "own": 0.15}


@dataclass(frozen=True)
class WorldControl:
    """A rating has a standard deviation of 15 points about 70, of which these are shares of the variance:
    `therapist` the therapists' level, `learnable` what differs between pairs and can be learnt, `client` the
    clients' level, a quarter of it predictable; the rest is noise.

    With `ceiling` the mean is 85 and ratings above 100 become 100. A client who comes back (share
    `returning`) rates a second therapist. Raises EstimationError if the shares exceed 1.
    """

    ratings: int = 1000
    therapists: int = 200
    new_clients: int = 200
    therapist: float = 0.10
    learnable: float = 0.105
    client: float = 0.40
    ceiling: bool = False
    returning: float = 0.05

    def __post_init__(self) -> None:
        if self.therapist + self.learnable + self.client > 1:
            raise EstimationError("world: the shares add up to more than 1")


@dataclass(frozen=True)
class World:
    """A simulated clinic: its ratings, new clients × all therapists, and the true alliance (C, T) of those
    pairs in points, before any ceiling."""

    table: TrainingTable
    candidates: Candidates
    truth: Floats


@dataclass(frozen=True)
class _People:
    """Features of all clients, past ones first, and of all therapists, with what is true of them."""

    x: Floats
    z: Floats
    match: dict[str, PairTerms]
    interaction: PairTerms
    client_level: Floats
    therapist_level: Floats


def simulate(control: WorldControl, seed: int) -> World:
    """Draw a clinic with random past assignment; the seed decides everything."""
    rng = np.random.default_rng(seed)
    people = _people(control, rng)
    past = len(people.x) - control.new_clients
    client = rng.permutation(
        np.concatenate([np.arange(past), rng.permutation(past)[: control.ratings - past]])
    )
    therapist = rng.integers(control.therapists, size=control.ratings)
    level = (USUAL_AT_CEILING if control.ceiling else USUAL) + people.client_level
    truth = level[client] + people.therapist_level[therapist] + people.interaction.at(client, therapist)
    noise = SD * np.sqrt(1 - control.therapist - control.learnable - control.client)
    score = truth + noise * rng.standard_normal(control.ratings)
    new = np.arange(past, len(people.x))
    pairs = level[new, None] + people.therapist_level + people.interaction.of_clients(new).values()
    table = _table(people, client, therapist, np.clip(score, 0.0, 100.0))
    return World(table, _candidates(people, new), pairs)


def _people(control: WorldControl, rng: np.random.Generator) -> _People:
    past = max(round(control.ratings / (1 + control.returning)), (control.ratings + 1) // 2)
    C, T = past + control.new_clients, control.therapists
    x = rng.standard_normal((C, len(FEATURES.client)))
    z = rng.standard_normal((T, len(FEATURES.therapist)))
    match = _match(C, T, rng)
    client_level = (
        SD
        * np.sqrt(control.client)
        * (0.5 * x @ np.full(3, 3**-0.5) + np.sqrt(0.75) * rng.standard_normal(C))
    )
    interaction = _interaction(x, z, match, rng)
    scaled = PairTerms(interaction.client * SD * np.sqrt(control.learnable), interaction.therapist)
    therapist_level = SD * np.sqrt(control.therapist) * rng.standard_normal(T)
    return _People(x, z, match, scaled, client_level, therapist_level)


def _match(C: int, T: int, rng: np.random.Generator) -> dict[str, PairTerms]:
    match = {
        f"style {name}": style_agreement(
            rng.choice(POSITIONS, C),
            rng.integers(0, 4, C).astype(float),
            rng.choice(POSITIONS, T),
            rng.integers(0, 3, T) / 2,
        )
        for name in STYLES
    }
    concerns = overlap(rng.binomial(1, 0.4, (C, CONCERNS)).astype(float), rng.standard_normal((T, CONCERNS)))
    return match | {"agreement": total(list(match.values())), "concerns": concerns}


def _interaction(x: Floats, z: Floats, match: dict[str, PairTerms], rng: np.random.Generator) -> PairTerms:
    """The learnable part with unit variance; the style dimensions matter unequally."""
    weights = rng.gamma(4.0, 0.25, len(STYLES))
    styles = [match[f"style {name}"] for name in STYLES]
    own = rng.standard_normal((len(z), len(FEATURES.slopes)))
    parts = {
        "style": total([PairTerms(s.client * w, s.therapist) for s, w in zip(styles, weights, strict=True)]),
        "concerns": match["concerns"],
        "traits": PairTerms(x @ rng.standard_normal((x.shape[1], z.shape[1])), z - z.mean(axis=0)),
        "own": PairTerms(x[:, : own.shape[1]], own - own.mean(axis=0)),
    }
    return total([_scaled(part, LEARNABLE[name], rng) for name, part in parts.items()])


def _scaled(part: PairTerms, variance: float, rng: np.random.Generator) -> PairTerms:
    sample = part.at(rng.integers(part.shape[0], size=5000), rng.integers(part.shape[1], size=5000))
    return PairTerms(part.client * np.sqrt(variance / sample.var()), part.therapist)


def _table(people: _People, client: Ints, therapist: Ints, score: Floats) -> TrainingTable:
    n = len(score)
    return TrainingTable(
        features=FEATURES,
        client_ids=client,
        therapist_ids=therapist,
        score=score,
        instrument=np.zeros(n, dtype=np.int64),
        instruments=(INSTRUMENT,),
        session=np.full(n, 3),
        x=people.x[client],
        z=people.z[therapist],
        m=np.stack([people.match[name].at(client, therapist) for name in FEATURES.match], axis=1),
    )


def _candidates(people: _People, clients: Ints) -> Candidates:
    return Candidates(
        features=FEATURES,
        client_ids=clients,
        x=people.x[clients],
        therapist_ids=np.arange(len(people.z)),
        z=people.z,
        match={name: people.match[name].of_clients(clients) for name in FEATURES.match},
        instrument=INSTRUMENT,
    )
