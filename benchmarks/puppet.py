"""The puppet attack: who looks before and after a check-in guesses the answer.

The attacker answers the intake like the victim, reads that account's forecasts of all therapists, unrounded,
at ten publications before the check-in and ten from it on, and has three more clients who rate the same
therapist. They know the estimator, the size of the blur and exactly how far the victim's rating moves each
forecast, so that they need no known ratings to calibrate, and how far those of their own clients do; and they
have learned from other simulated clinics what best to make of it (ridge regression, each clinic left out in
turn). Another attacker watches a withdrawal in the same way: a rating that was there before, and then is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from alliance_match.prediction import (
    Candidates,
    Floats,
    Ints,
    Publication,
    PublicationControl,
    RatingVersions,
    TrainingTable,
    Variances,
    World,
    WorldControl,
    fit,
    fit_given_variances,
    forecast,
    publish,
    simulate,
    unpublished,
    update,
)

# Ratings of a clinic at the check-in, and its therapists.
CLINICS = {60: 14, 150: 14, 400: 30}

# Publications watched on each side, the ratings from one to the next, and in which publications the
# attacker's own clients rate, counted from the check-in's (0).
WATCHED, APART, SHAMS = 10, 5, (-1, 0, 1)

# Blur and renewal were chosen on clinics of seeds from 10,000 to 40,000; figures are of these.
MEASURED_FROM = 50_000

LOW = 60.0
SECRET = b"nobody in the clinic knows it"
# A move of less, as a share, is rounding.
SEEN = 1e-7
PENALTIES = 10.0 ** np.arange(-1, 6)


class Event(Enum):
    """What happens to the victim's rating: it comes, it goes, or it never comes to anybody's eyes."""

    ANSWER = "answer"
    WITHDRAWAL = "withdrawal"
    NOTHING = "nothing"


@dataclass(frozen=True)
class History:
    """A clinic's ratings by time, the victim's at position `victim`, of whom `puppet` has the intake."""

    table: TrainingTable
    victim: int
    shams: Ints
    puppet: Candidates
    event: Event = Event.ANSWER

    def rows(self, k: int) -> Ints:
        """The ratings there are at a publication, counted from the last before the event (0)."""
        others = np.arange(self.victim + APART * k + (k > 0))
        others = others[others != self.victim]
        there = self.event == (Event.ANSWER if k > 0 else Event.WITHDRAWAL)
        return np.append(others, self.victim) if there else others

    @property
    def therapist(self) -> int:
        """Position of the victim's therapist among the candidates."""
        return int(np.flatnonzero(self.puppet.therapist_ids == self.table.therapist_ids[self.victim])[0])


def usual_variances() -> Variances:
    """What a fit finds in a large clinic of this kind."""
    return fit(simulate(WorldControl(ratings=2000), 5).table).variances


def history(ratings: int, seed: int) -> History:
    """Draw a clinic; four of its new clients become the victim and the attacker's three, of one therapist."""
    total = ratings + WATCHED * APART
    world = simulate(
        WorldControl(ratings=total, therapists=CLINICS[ratings], new_clients=1 + len(SHAMS)), seed
    )
    rng = np.random.default_rng([seed, 1])
    therapist = int(rng.choice(world.table.therapist_ids))
    t = int(np.flatnonzero(world.candidates.therapist_ids == therapist)[0])
    made = _ratings_of(world, t, rng)
    at = ratings + APART * np.array([0, *SHAMS]) + np.array([0, *rng.integers(1, APART, len(SHAMS))])
    order = np.argsort(np.concatenate([np.arange(total) + 0.5, at]), kind="stable")
    table = _joined(world.table, made).rows(order)
    places = [int(np.flatnonzero(order == total + k)[0]) for k in range(len(at))]
    return History(table, places[0], np.array(places[1:]), _first(world.candidates))


def _ratings_of(world: World, t: int, rng: np.random.Generator) -> TrainingTable:
    """One rating of the therapist at a position by each new client."""
    given = world.candidates
    n = len(given.client_ids)
    truth = world.truth[:, t] + world.noise_sd * rng.standard_normal(n)
    return TrainingTable(
        features=given.features,
        client_ids=given.client_ids,
        therapist_ids=np.full(n, given.therapist_ids[t]),
        score=np.clip(truth, 0, 100),
        instrument=np.zeros(n, dtype=np.int64),
        instruments=world.table.instruments,
        session=np.full(n, given.session),
        x=given.x,
        z=np.tile(given.z[t], (n, 1)),
        m=np.column_stack([given.match[name].values()[:, t] for name in given.features.match]),
    )


def _joined(one: TrainingTable, other: TrainingTable) -> TrainingTable:
    names = ("client_ids", "therapist_ids", "score", "instrument", "session", "x", "z", "m", "weight")
    both = {name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names}
    return TrainingTable(features=one.features, instruments=one.instruments, **both)


def _first(given: Candidates) -> Candidates:
    """The intake of the first client alone, in an account that never rated."""
    match = {name: replace(terms, client=terms.client[:1]) for name, terms in given.match.items()}
    return replace(given, client_ids=np.array([10**9]), x=given.x[:1], match=match)


def publications(
    found: History,
    variances: Variances,
    control: PublicationControl | None,
    secret: bytes,
    before: Sequence[Publication] = (),
) -> list[Publication]:
    """The publications watched, in order, those `before` given; without control the newest state is shown."""
    published = list(before)
    for k in range(1 - WATCHED + len(before), WATCHED + 1):
        rows = found.rows(k)
        versions = RatingVersions(found.table.client_ids[rows], found.table.therapist_ids[rows], rows)
        previous = published[-1] if published else None
        if control is None:
            newest = fit_given_variances(found.table.rows(rows), variances)
            published.append(Publication(newest, versions, versions))
            continue
        due = ~unpublished(versions, previous, control)
        newest = fit_given_variances(found.table.rows(rows[due]), variances)
        published.append(publish(newest, previous, versions.kept(due), secret, control))
    return published


@dataclass(frozen=True)
class Sight:
    """Of a history: signs (s,), the guess by what was shown before, and the answer."""

    signs: Floats
    guess: float
    answer: float


def sight(found: History, shown: Sequence[Publication]) -> Sight:
    """Look at the publications with the attacker's eyes."""
    means = np.array([forecast(one.fitted, found.puppet).mean[0] for one in shown])
    last, t = WATCHED - 1, found.therapist
    rating = found.table.rows(np.array([found.victim]))
    gain = _gain(shown[last], rating, found.puppet)
    own = [
        forecast(update(shown[last].fitted, found.table.rows(np.array([row]))), found.puppet).mean[0]
        for row in found.shams.tolist()
    ]
    moved, by_own = (_as_answers(np.array(rows) - means[last], gain, t) for rows in (means, own))
    signs = [_signs(*of_kind, moved[0]) for of_kind in zip(moved, by_own, strict=True)]
    known = found.table.rows(found.shams).score - means[last, t]
    return Sight(np.concatenate([*signs, known]), float(means[last, t]), float(rating.score[0]))


def _as_answers(moved: Floats, gain: Floats, t: int) -> Floats:
    """Movements (k, T) of all forecasts as answers of the victim that would cause them: (3, k) by the
    therapist's forecast beside the others', by all forecasts, and by the therapist's alone."""
    others = np.arange(len(gain)) != t
    apart, gain_apart = (a[..., t] - a[..., others].mean(axis=-1) for a in (moved, gain))
    return np.array([apart / gain_apart, moved @ gain / (gain @ gain), moved[:, t] / gain[t]])


def _signs(moved: Floats, by_own: Floats, seen: Floats) -> Floats:
    """What to look at: the first move after the event and the last figure, less what the attacker's own
    clients did; the mean after and before; and what these clients did. `seen` tells when anything moved."""
    last = WATCHED - 1
    moves = np.flatnonzero(np.abs(np.diff(seen)) > SEEN * (1.0 + np.abs(seen).max())) + 1
    before, after = moves[moves <= last], moves[moves > last]
    since = before[-1] if len(before) else -1
    at = last + 1 + np.array(SHAMS)
    new = at > since
    first = after[0] if len(after) else last
    in_first, in_last = by_own[new & (at <= first)].sum(), by_own[new].sum()
    mean_after, mean_before = moved[last + 1 :].mean(), moved[: last + 1].mean()
    return np.array(
        [moved[first] - in_first, moved[-1] - in_last, mean_after, mean_before, in_first, in_last]
    )


def _gain(shown: Publication, row: TrainingTable, puppet: Candidates) -> Floats:
    """By how much each forecast would move for each point of the victim's rating, (T,)."""
    low, high = (
        forecast(update(shown.fitted, replace(row, score=np.array([score]))), puppet).mean[0]
        for score in (50.0, 60.0)
    )
    return np.asarray((high - low) / 10.0)


@dataclass(frozen=True)
class Attack:
    """How it ended, beside the same attack where the answer is in nothing that is shown.

    `error` is the root mean squared error as a share of that one's. `below` is how much more often the
    attacker is right about “below 60” than that one, or than who always says the commoner if this is better.
    """

    error: float
    below: float


def attack(
    ratings: int,
    runs: int,
    variances: Variances,
    control: PublicationControl | None,
    *,
    event: Event = Event.ANSWER,
    first: int = MEASURED_FROM,
) -> Attack:
    """Attack that many clinics, of seeds from `first` on."""
    seen, blind = [], []
    for seed in range(first, first + runs):
        secret = SECRET + seed.to_bytes(8, "big")
        nothing = replace(history(ratings, seed), event=Event.NOTHING)
        shown = publications(nothing, variances, control, secret)
        blind.append(sight(nothing, shown))
        found = replace(nothing, event=event)
        known = shown[:WATCHED] if event == Event.ANSWER else ()
        seen.append(sight(found, publications(found, variances, control, secret, known)))
    (error, right, usual), (blind_error, blind_right, _) = _outcome(seen), _outcome(blind)
    return Attack(error / blind_error, (right - max(blind_right, usual)) / runs)


def _outcome(seen: list[Sight]) -> tuple[float, int, int]:
    """Root mean squared error; how often right about “below 60”; how often the commoner is right."""
    answer, guess = (np.array([getattr(one, name) for one in seen]) for name in ("answer", "guess"))
    predicted = guess + _left_out(np.array([one.signs for one in seen]), answer - guess)
    low = answer < LOW
    right = int(((predicted < LOW) == low).sum())
    usual = int(max(low.sum(), (~low).sum()))
    return float(np.sqrt(((answer - predicted) ** 2).mean())), right, usual


def _left_out(signs: Floats, answer: Floats) -> Floats:
    """What ridge regression predicts of each from all others, at the penalty best for the attacker."""
    scale = signs.std(axis=0)
    x = np.column_stack([np.ones(len(signs)), (signs - signs.mean(axis=0))[:, scale > 0] / scale[scale > 0]])
    free = np.diag([0.0, *np.ones(x.shape[1] - 1)])
    found = []
    for penalty in PENALTIES:
        hat = x @ np.linalg.solve(x.T @ x + penalty * free, x.T)
        found.append(answer - (answer - hat @ answer) / (1.0 - np.diag(hat)))
    errors = [float(((answer - predicted) ** 2).mean()) for predicted in found]
    return np.asarray(found[int(np.argmin(errors))])
