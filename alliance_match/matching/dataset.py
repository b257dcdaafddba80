"""The one module that knows both the database and the estimator: rows become arrays here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dropouts
from alliance_match.matching.features import AGREEMENT, CONCERNS, POOLED, TRAIT, feature_set
from alliance_match.matching.models import TrainingRow
from alliance_match.matching.models.training_row import training_row_digest
from alliance_match.matching.triggers import WATCHED
from alliance_match.prediction import (
    Candidates,
    FeatureSet,
    PairTerms,
    StartedPairs,
    TrainingTable,
    concern_overlap,
    style_agreement,
    sum_of_terms,
)
from alliance_match.vocabulary import Concern, StyleDimension
from clients.models import Client
from clients.models.client import ClientQuerySet
from surveys.models import Instrument
from surveys.models.instrument import DEFAULT
from surveys.models.rating import AllianceRatingQuerySet
from therapists.models import Therapist

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
UNKNOWN = float("nan")


@dataclass(frozen=True)
class ClinicPeople:
    """Clients × therapists of one clinic as the estimator sees them.

    x (C, client features), z (T, therapist features), raw, NaN where unknown; `match` by feature name.
    """

    features: FeatureSet
    clients: Sequence[Client]
    therapists: Sequence[Therapist]
    x: Floats
    z: Floats
    match: dict[str, PairTerms]

    def rows(self, client_ids: Ints, therapist_ids: Ints) -> Floats:
        """The raw features of pairs, by primary keys: (n, client + therapist + match features)."""
        c = key_positions([client.pk for client in self.clients], client_ids)
        t = key_positions([therapist.pk for therapist in self.therapists], therapist_ids)
        m = [self.match[name].at(c, t) for name in self.features.match]
        return np.column_stack([self.x[c], self.z[t], *m])

    def candidates(self, instrument: str) -> Candidates:
        """Every client with every listed therapist, at session three."""
        listed = [k for k, one in enumerate(self.therapists) if one.takes_clients]
        return Candidates(
            features=self.features,
            client_ids=np.array([client.pk for client in self.clients], dtype=np.int64),
            x=self.x,
            therapist_ids=np.array([self.therapists[k].pk for k in listed], dtype=np.int64),
            z=self.z[listed],
            match={name: PairTerms(t.client, t.therapist[listed]) for name, t in self.match.items()},
            instrument=instrument,
        )


def watched_only(clients: ClientQuerySet) -> ClientQuerySet:
    """These clients with their answers, in watched columns only: a change of others would go unnoticed."""
    answers = [f"intake__{column}" for column in WATCHED["clients_intake"].columns]
    return clients.with_intake().only(*WATCHED["clients_client"].columns, *answers)


def clinic_people(clinic: Clinic, clients: Iterable[Client]) -> ClinicPeople:
    """These clients with all of the clinic's therapists. Two queries for the therapists."""
    features = feature_set(clinic)
    searching = list(clients)
    here = Therapist.objects.in_clinic(clinic).only(*WATCHED["therapists_therapist"].columns)
    therapists = list(here.prefetch_related("styles").order_by("pk"))
    style, importance = _style_preferences(searching)
    practised, reach = _practised_styles(therapists)
    agreement = [
        style_agreement(style[:, d], importance[:, d], practised[:, d], reach[:, d])
        for d in range(len(StyleDimension))
    ]
    match = dict(zip(AGREEMENT, agreement, strict=True))
    match[POOLED] = sum_of_terms(agreement)
    match[CONCERNS] = concern_overlap(
        _concern_indicators(_concerns(client) for client in searching),
        _concern_indicators(one.concerns for one in therapists),
    )
    return ClinicPeople(
        features=features,
        clients=searching,
        therapists=therapists,
        x=_with_traits(style, features.client, searching),
        z=_with_traits(practised, features.therapist, therapists),
        match=match,
    )


def _style_preferences(clients: Sequence[Client]) -> tuple[Floats, Floats]:
    style = np.full((len(clients), len(StyleDimension)), UNKNOWN)
    importance = style.copy()
    place = {dimension: d for d, dimension in enumerate(StyleDimension.values)}
    for c, client in enumerate(clients):
        for one in client.style_preferences.all():
            style[c, place[one.dimension]] = one.position
            importance[c, place[one.dimension]] = one.importance
    return style, importance


def _practised_styles(therapists: Sequence[Therapist]) -> tuple[Floats, Floats]:
    position = np.full((len(therapists), len(StyleDimension)), UNKNOWN)
    reach = np.zeros_like(position)
    place = {dimension: d for d, dimension in enumerate(StyleDimension.values)}
    for t, therapist in enumerate(therapists):
        for one in therapist.styles.all():
            position[t, place[one.dimension]] = one.position
            reach[t, place[one.dimension]] = one.reach
    return position, reach


def _concerns(client: Client) -> list[str]:
    return client.intake.concerns if hasattr(client, "intake") else []


def _concern_indicators(lists: Iterable[list[str]]) -> Floats:
    """0/1 by concern; one who named none is unknown rather than without concerns."""
    rows = [[float(c in given) if given else UNKNOWN for c in Concern.values] for given in lists]
    return np.array(rows, dtype=float).reshape(-1, len(Concern.values))


def _with_traits(
    style: Floats, names: Sequence[str], people: Sequence[Client] | Sequence[Therapist]
) -> Floats:
    traits = [name.removeprefix(TRAIT) for name in names if name.startswith(TRAIT)]
    values = [[one.traits.get(name, UNKNOWN) for name in traits] for one in people]
    return np.column_stack([style, np.array(values, dtype=float).reshape(len(people), len(traits))])


def key_positions(known: Sequence[int], wanted: Ints) -> Ints:
    """Where each wanted key stands among the known ones."""
    place = {key: k for k, key in enumerate(known)}
    return np.array([place[key] for key in wanted.tolist()], dtype=np.int64)


class RatedPair(NamedTuple):
    """One rating to train on: who, with whom, and how strong the alliance was."""

    rating_id: int
    client_id: int
    therapist_id: int
    instrument: str
    session: int
    score: float


def rated_pair_of_row(row: Any) -> RatedPair:
    """The rating a training row was made of, as it was then."""
    return RatedPair(*(getattr(row, name) for name in RatedPair._fields))


def ratings_to_train_on(ratings: AllianceRatingQuerySet) -> list[RatedPair]:
    """The ratings that the estimator may be fitted to, oldest first. One query, and no model instances."""
    columns = (
        "pk",
        "session__episode__client_id",
        "session__episode__therapist_id",
        "instrument__code",
        "session__number",
        "total",
    )
    found = ratings.for_training().values_list("session__held_on", *columns)
    return [RatedPair(*rest) for _, *rest in sorted(found, key=lambda row: (str(row[0] or ""), row[1]))]


def training_rows(clinic: Clinic, ratings: Sequence[RatedPair]) -> list[TrainingRow]:
    """Unsaved training rows, with the features as of now."""
    if not ratings:
        return []
    client_ids = np.array([rated.client_id for rated in ratings], dtype=np.int64)
    therapist_ids = np.array([rated.therapist_id for rated in ratings], dtype=np.int64)
    features = clinic_people(clinic, _clients(clinic, client_ids.tolist())).rows(client_ids, therapist_ids)
    rows = [
        TrainingRow(clinic=clinic, **rated._asdict(), features=row)
        for rated, row in zip(ratings, features.tolist(), strict=True)
    ]
    for row in rows:
        row.digest = training_row_digest(row)
    return rows


def _clients(clinic: Clinic, keys: Iterable[int]) -> Iterable[Client]:
    return watched_only(Client.objects.in_clinic(clinic).filter(pk__in=set(keys)))


def instrument_codes(clinic: Clinic) -> tuple[str, ...]:
    """The codes of every instrument the clinic rates alliances with, in a stable order; never empty."""
    codes = set(Instrument.objects.for_clinic(clinic).for_alliance().values_list("code", flat=True))
    return tuple(sorted(codes | {DEFAULT}))


def training_table(features: FeatureSet, instruments: Sequence[str], rows: Sequence[Any]) -> TrainingTable:
    """Training rows as the estimator takes them."""
    code = {name: k for k, name in enumerate(instruments)}
    x, z, m = split_features(features, [row.features for row in rows])
    return TrainingTable(
        features=features,
        client_ids=np.array([row.client_id for row in rows], dtype=np.int64),
        therapist_ids=np.array([row.therapist_id for row in rows], dtype=np.int64),
        score=np.array([row.score for row in rows], dtype=float),
        instrument=np.array([code[row.instrument] for row in rows], dtype=np.int64),
        instruments=tuple(instruments),
        session=np.array([row.session for row in rows], dtype=np.int64),
        x=x,
        z=z,
        m=m,
        weight=np.array([row.weight for row in rows], dtype=float),
    )


def split_features(features: FeatureSet, rows: Sequence[Sequence[float]] | Floats) -> list[Floats]:
    """The features of stored rows, cut into the client's, the therapist's and those of the match."""
    ends = np.cumsum([len(features.client), len(features.therapist), len(features.match)])
    return np.split(np.array(rows, dtype=float).reshape(len(rows), ends[-1]), ends[:-1], axis=1)


def started_pairs(clinic: Clinic, rating_ids: Ints, table: TrainingTable) -> StartedPairs:
    """The pairs of these ratings (of today's features), then those that ended before they could be rated."""
    left, first = dropouts.dropout_pairs(clinic), dropouts.first_session_alliances(clinic)
    episode = dropouts.episode_by_rating(clinic)
    _, client_ids, therapist_ids = np.array(left, dtype=np.int64).reshape(-1, 3).T
    seen = clinic_people(clinic, _clients(clinic, client_ids.tolist()))
    sides = split_features(seen.features, seen.rows(client_ids, therapist_ids))
    x, z, m = (np.concatenate(parts) for parts in zip((table.x, table.z, table.m), sides, strict=True))
    episodes = [*(episode[pk] for pk in rating_ids.tolist()), *(pair.episode_id for pair in left)]
    return StartedPairs(
        features=seen.features,
        client_ids=np.concatenate([table.client_ids, client_ids]),
        therapist_ids=np.concatenate([table.therapist_ids, therapist_ids]),
        x=x,
        z=z,
        m=m,
        first_session_alliance=np.array([first.get(pk, UNKNOWN) for pk in episodes], dtype=float),
        rated=np.arange(len(episodes)) < len(table),
    )


def client_slices(clinic: Clinic, size: int) -> Iterator[list[int]]:
    """The clinic's clients by key, so many at a time."""
    last = 0
    clients = Client.objects.in_clinic(clinic).order_by("pk").values_list("pk", flat=True)
    while keys := list(clients.filter(pk__gt=last)[:size]):
        yield keys
        last = keys[-1]
