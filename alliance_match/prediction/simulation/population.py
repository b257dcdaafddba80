"""The made-up people of a simulated clinic: what is known of them, and what is true of them and of pairs."""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Floats, Ints
from alliance_match.prediction.data.pair_terms import (
    POSITIONS,
    PairTerms,
    concern_overlap,
    style_agreement,
    sum_of_terms,
)
from alliance_match.prediction.data.tables import Candidates, FeatureSet
from alliance_match.prediction.simulation.scenarios import WorldControl

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
PREDICTABLE = 0.25

# What the learnable part consists of, as shares of its variance; `own` is what a therapist's own slopes
# hold, which only that therapist's ratings can teach.
LEARNABLE = {"style": 0.5, "concerns": 0.2, "traits": 0.15, "own": 0.15}

# In a non-linear world: steps apart beyond the therapist's reach from which a mismatch harms and from which
# it harms no more, and the importance from which it does so at all.
HARMS_FROM, HARMS_FULLY, MATTERS = 1.0, 2.0, 2.0


@dataclass(frozen=True)
class People:
    """Features of all clients, past ones first, and of all therapists, with what is true of them in points.

    `client_level` is a client's alliance with the usual therapist, `client_expected` what the features tell
    of it. `shared` is what any therapist of the same features would have with a client beyond the levels,
    `own` what depends on the therapist's own slopes; `therapist_level` holds halfway through the past, from
    whose beginning to its end it changes by `therapist_change`.
    """

    x: Floats
    z: Floats
    match: dict[str, PairTerms]
    shared: PairTerms
    own: PairTerms
    client_expected: Floats
    client_level: Floats
    therapist_level: Floats
    therapist_change: Floats

    def level_at(self, therapist: Ints, time: Floats | float) -> Floats:
        """The therapists' levels at a time from 0, the first rating, to 1, now."""
        return np.asarray(self.therapist_level[therapist] + self.therapist_change[therapist] * (time - 0.5))

    @property
    def interaction(self) -> PairTerms:
        """All that differs between pairs and can be learned."""
        return sum_of_terms([self.shared, self.own])


@dataclass(frozen=True)
class _StyleDimension:
    """One style dimension: what clients want and how much (C,), what therapists do and their reach (T,)."""

    position: Floats
    importance: Floats
    practised: Floats
    reach: Floats

    def agreement(self) -> PairTerms:
        """What the features say."""
        return style_agreement(self.position, self.importance, self.practised, self.reach)

    def threshold(self) -> PairTerms:
        """What is true in a non-linear world, centred for each client."""
        wants = (self.position[:, None] == POSITIONS) * (self.importance[:, None] >= MATTERS)
        gap = np.abs(POSITIONS - self.practised[:, None]) - self.reach[:, None]
        harm = np.clip((gap - HARMS_FROM) / (HARMS_FULLY - HARMS_FROM), 0.0, 1.0)
        return PairTerms(wants.astype(float), harm.mean(axis=0) - harm)


def draw_people(control: WorldControl, rng: np.random.Generator) -> People:
    """Draw the people."""
    C, T = control.past_clients + control.new_clients, control.therapists
    x = rng.standard_normal((C, len(FEATURES.client)))
    z = rng.standard_normal((T, len(FEATURES.therapist)))
    styles = [_draw_style(C, T, rng) for _ in STYLES]
    match = _match_effect(styles, C, T, rng)
    expected = np.sqrt(PREDICTABLE) * x @ np.full(3, 3**-0.5)
    rest = np.sqrt(1 - PREDICTABLE) * rng.standard_normal(C)
    usual, spread = USUAL_AT_CEILING if control.ceiling else USUAL, SD * np.sqrt(control.client)
    truth = [one.threshold() if control.non_linear else one.agreement() for one in styles]
    parts = _interaction_terms(x, z, truth, match["concerns"], rng)
    scaled = {
        name: PairTerms(part.client * SD * np.sqrt(control.learnable), part.therapist)
        for name, part in parts.items()
    }
    own = scaled.pop("own")
    therapist_level = SD * np.sqrt(control.therapist) * rng.standard_normal(T)
    return People(
        x=x,
        z=z,
        match=match,
        shared=sum_of_terms(list(scaled.values())),
        own=own,
        client_expected=usual + spread * expected,
        client_level=usual + spread * (expected + rest),
        therapist_level=therapist_level,
        therapist_change=SD * np.sqrt(control.drift) * rng.spawn(1)[0].standard_normal(T),
    )


def _draw_style(C: int, T: int, rng: np.random.Generator) -> _StyleDimension:
    return _StyleDimension(
        rng.choice(POSITIONS, C),
        rng.integers(0, 4, C).astype(float),
        rng.choice(POSITIONS, T),
        rng.integers(0, 3, T) / 2,
    )


def _match_effect(
    styles: list[_StyleDimension], C: int, T: int, rng: np.random.Generator
) -> dict[str, PairTerms]:
    match = {f"style {name}": one.agreement() for name, one in zip(STYLES, styles, strict=True)}
    concerns = concern_overlap(
        rng.binomial(1, 0.4, (C, CONCERNS)).astype(float), rng.standard_normal((T, CONCERNS))
    )
    return match | {"agreement": sum_of_terms(list(match.values())), "concerns": concerns}


def _interaction_terms(
    x: Floats, z: Floats, styles: list[PairTerms], concerns: PairTerms, rng: np.random.Generator
) -> dict[str, PairTerms]:
    """The learnable part with unit variance in all; the style dimensions matter unequally."""
    weights = rng.gamma(4.0, 0.25, len(STYLES))
    own = rng.standard_normal((len(z), len(FEATURES.slopes)))
    parts = {
        "style": sum_of_terms(
            [PairTerms(s.client * w, s.therapist) for s, w in zip(styles, weights, strict=True)]
        ),
        "concerns": concerns,
        "traits": PairTerms(x @ rng.standard_normal((x.shape[1], z.shape[1])), z - z.mean(axis=0)),
        "own": PairTerms(x[:, : own.shape[1]], own - own.mean(axis=0)),
    }
    return {name: _scaled_term(part, LEARNABLE[name], rng) for name, part in parts.items()}


def _scaled_term(part: PairTerms, variance: float, rng: np.random.Generator) -> PairTerms:
    sample = part.at(rng.integers(part.shape[0], size=5000), rng.integers(part.shape[1], size=5000))
    return PairTerms(part.client * np.sqrt(variance / sample.var()), part.therapist)


def candidates_of(people: People, clients: Ints) -> Candidates:
    """These clients with all therapists."""
    return Candidates(
        features=FEATURES,
        client_ids=clients,
        x=people.x[clients],
        therapist_ids=np.arange(len(people.z)),
        z=people.z,
        match={name: people.match[name].of_clients(clients) for name in FEATURES.match},
        instrument=INSTRUMENT,
    )
