"""Matches from a fitted estimator: always computed from base data, written only where they changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count
from django.db.models.functions import Now
from numpy.typing import NDArray

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset, parts
from alliance_match.matching.eligibility import eligible_pairs
from alliance_match.matching.models import Match, TrainingRow
from alliance_match.matching.models.match import DECIMALS
from alliance_match.prediction import FittedAlliance, Forecast, forecast, shortlist
from clients.models import Client
from surveys.models.instrument import DEFAULT
from therapists.models import Therapist

KEPT = 50
COMPARED = 5
CLIENTS_AT_ONCE = 200
FIGURES = ("rank", "group", "mean", "sd", "difference", "difference_sd", "parts", "rated")
WRITTEN = (*FIGURES, "previous_rank", "snapshot_number", "scored_at")


@dataclass(frozen=True)
class ChangeCounts:
    """How many matches got new figures, and how many another place in the order."""

    matches: int = 0
    moved: int = 0

    def __add__(self, other: "ChangeCounts") -> "ChangeCounts":
        return ChangeCounts(self.matches + other.matches, self.moved + other.moved)


def matches_rescore(
    *,
    clinic: Clinic,
    fitted: FittedAlliance,
    number: int,
    new_snapshot: bool,
    client_ids: Sequence[int] | None = None,
) -> ChangeCounts:
    """Recompute the matches of the clients who are looking (or of those named), a few hundred at a time.

    `new_snapshot`: the snapshot of this number is a new one.
    """
    looking = Client.objects.in_clinic(clinic).seeking()
    stopped = Match.objects.in_clinic(clinic).exclude(client__in=looking)
    if client_ids is not None:
        looking, stopped = looking.filter(pk__in=client_ids), stopped.filter(client__in=client_ids)
    stopped.delete()
    changed = ChangeCounts()
    for batch in client_batches(list(dataset.watched_only(looking).order_by("pk"))):
        fresh = unsaved_matches(clinic, fitted, batch)
        changed += matches_write(
            clinic=clinic, clients=batch, fresh=fresh, number=number, new_snapshot=new_snapshot
        )
    return changed


def client_batches(clients: Sequence[Client]) -> Iterator[Sequence[Client]]:
    """Slices small enough that the pairs of one fit in memory."""
    for start in range(0, len(clients), CLIENTS_AT_ONCE):
        yield clients[start : start + CLIENTS_AT_ONCE]


def unsaved_matches(clinic: Clinic, fitted: FittedAlliance, clients: Sequence[Client]) -> list[Match]:
    """The unsaved matches of some clients, best first for each."""
    people = dataset.clinic_people(clinic, clients)
    listed = [one for one in people.therapists if one.takes_clients]
    if not listed:
        return []
    predicted = forecast(fitted, people.candidates(DEFAULT))
    best = shortlist(predicted, KEPT, eligible_pairs(clients, listed), draw_seeds(clients))
    places = [row[row >= 0] for row in best]
    groups = predicted.groups([order[:COMPARED] for order in places])
    rated = ratings_by_therapist(clinic)
    return [
        match
        for c, client in enumerate(clients)
        for match in client_matches(predicted, c, client, listed, places[c], groups=groups[c], rated=rated)
    ]


def draw_seeds(clients: Sequence[Client]) -> NDArray[np.int64]:
    """One seed for each client, so that ties are drawn, and drawn alike until something changes."""
    return np.array([client.pk for client in clients], dtype=np.int64)


def ratings_by_therapist(clinic: Clinic) -> dict[int, int]:
    """How many ratings of each therapist the estimator is fitted to."""
    counts = TrainingRow.objects.in_clinic(clinic).order_by().values_list("therapist_id")
    return dict(counts.annotate(count=Count("pk")))


def client_matches(
    predicted: Forecast,
    c: int,
    client: Client,
    listed: Sequence[Therapist],
    best: NDArray[np.int64],
    *,
    groups: Sequence[Sequence[int]],
    rated: dict[int, int],
) -> Iterator[Match]:
    """One client's matches, in order."""
    group = {t: k for k, members in enumerate(groups, 1) for t in members}
    named = parts.named_parts(predicted, c)
    for rank, t in enumerate(best.tolist(), 1):
        yield Match(
            client=client,
            therapist=listed[t],
            rank=rank,
            group=group.get(t, 0),
            mean=rounded_for_storage(predicted.mean[c, t]),
            sd=rounded_for_storage(predicted.sd[c, t]),
            difference=rounded_for_storage(predicted.difference[c, t]),
            difference_sd=rounded_for_storage(predicted.difference_sd[c, t]),
            parts={name: rounded_for_storage(part[t]) for name, part in named.items()},
            rated=rated.get(listed[t].pk, 0),
        )


def rounded_for_storage(value: float) -> float:
    """To the precision matches are stored in, without a negative zero."""
    return round(float(value), DECIMALS) + 0.0


def matches_write(
    *, clinic: Clinic, clients: Sequence[Client], fresh: list[Match], number: int, new_snapshot: bool
) -> ChangeCounts:
    """Make the stored matches of these clients equal to the fresh ones; equal rows stay untouched."""
    stored = {(one.client_id, one.therapist_id): one for one in Match.objects.filter(client__in=clients)}
    kept = {(one.client_id, one.therapist_id) for one in fresh}
    changed: list[Match] = []
    moved = 0
    for match in fresh:
        before = stored.get((match.client_id, match.therapist_id))
        if before is None or match_figures(before) != match_figures(match):
            match.clinic, match.snapshot_number = clinic, number
            match.previous_rank = previous_rank(before, match, new_snapshot=new_snapshot)
            moved += before is None or before.rank != match.rank
            match.scored_at = Now()
            changed.append(match)
    Match.objects.filter(pk__in=[one.pk for pair, one in stored.items() if pair not in kept]).delete()
    Match.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["client", "therapist"],
        update_fields=list(WRITTEN),
        batch_size=2000,
    )
    return ChangeCounts(len(changed), moved)


def previous_rank(before: Match | None, match: Match, *, new_snapshot: bool) -> int | None:
    """The place before the newest snapshot: one's own new answers, and whom one puts aside, are no news of
    what others rated."""
    if before is None:
        return None
    if new_snapshot:
        return before.rank
    same = (before.snapshot_number, before.rank) == (match.snapshot_number, match.rank)
    return before.previous_rank if same else None


def match_figures(match: Match) -> list[Any]:
    """What makes two matches the same."""
    return [getattr(match, name) for name in FIGURES]
