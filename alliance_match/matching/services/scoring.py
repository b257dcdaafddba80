"""Match lists from a fitted estimator: always computed from base data, written only where they changed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Count
from numpy.typing import NDArray

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset, parts
from alliance_match.matching.eligibility import eligible_pairs
from alliance_match.matching.models import MatchList, TrainingRow
from alliance_match.matching.models.match_list import FIGURES, TENTHS
from alliance_match.prediction import FittedAlliance, Floats, Forecast, Ints, forecast, shortlist
from clients.models import Client
from surveys.models.instrument import DEFAULT

KEPT = 50
COMPARED = 5
CLIENTS_AT_ONCE = 200
STORED = ("client_id", "clinic_id", "snapshot_number", *FIGURES)

# One statement for any number of lists. The order before is news where a new snapshot changed the list;
# one's own new answers, and whom one puts aside, are no news of what others rated.
WRITE = """
    WITH fresh AS (
        SELECT * FROM json_populate_recordset(NULL::matching_matchlist, %(fresh)s)
    ), changed AS (
        SELECT fresh.*, stored.therapist_ids AS order_before FROM fresh
        LEFT JOIN matching_matchlist AS stored USING (client_id)
        WHERE stored.client_id IS NULL OR ({stored}) IS DISTINCT FROM ({fresh})
    ), written AS (
        INSERT INTO matching_matchlist AS stored ({columns}, scored_at, previous_therapist_ids)
        SELECT {columns}, now(), '{{}}' FROM changed
        ON CONFLICT (client_id) DO UPDATE SET {assigned}, scored_at = now(),
            previous_therapist_ids = CASE
                WHEN %(new_snapshot)s THEN stored.therapist_ids
                WHEN stored.snapshot_number = excluded.snapshot_number
                    AND stored.therapist_ids = excluded.therapist_ids THEN stored.previous_therapist_ids
                ELSE '{{}}' END
    )
    SELECT count(*), count(*) FILTER (WHERE order_before IS DISTINCT FROM therapist_ids) FROM changed
""".format(  # noqa: S608  # of nothing but the names of columns
    columns=", ".join(STORED),
    assigned=", ".join(f"{name} = excluded.{name}" for name in STORED),
    stored=", ".join(f"stored.{name}" for name in FIGURES),
    fresh=", ".join(f"fresh.{name}" for name in FIGURES),
)


@dataclass(frozen=True)
class ChangeCounts:
    """How many lists got new figures, and how many another order."""

    lists: int = 0
    moved: int = 0

    def __add__(self, other: "ChangeCounts") -> "ChangeCounts":
        return ChangeCounts(self.lists + other.lists, self.moved + other.moved)


def match_lists_rescore(
    *,
    clinic: Clinic,
    fitted: FittedAlliance,
    number: int,
    new_snapshot: bool,
    client_ids: Sequence[int] | None = None,
) -> ChangeCounts:
    """Recompute the lists of the clients who are looking (or of those named), a few hundred at a time.

    `new_snapshot`: the snapshot of this number is a new one.
    """
    looking = Client.objects.in_clinic(clinic).seeking()
    stopped = MatchList.objects.in_clinic(clinic).exclude(client__in=looking)
    if client_ids is not None:
        looking, stopped = looking.filter(pk__in=client_ids), stopped.filter(client__in=client_ids)
    stopped.delete()
    changed = ChangeCounts()
    for batch in client_batches(list(dataset.watched_only(looking).order_by("pk"))):
        fresh = unsaved_match_lists(clinic, fitted, batch)
        changed += match_lists_write(fresh=fresh, number=number, new_snapshot=new_snapshot)
    return changed


def client_batches(clients: Sequence[Client]) -> Iterator[Sequence[Client]]:
    """Slices small enough that the pairs of one fit in memory."""
    for start in range(0, len(clients), CLIENTS_AT_ONCE):
        yield clients[start : start + CLIENTS_AT_ONCE]


def unsaved_match_lists(clinic: Clinic, fitted: FittedAlliance, clients: Sequence[Client]) -> list[MatchList]:
    """The unsaved lists of some clients."""
    people = dataset.clinic_people(clinic, clients)
    listed = [one for one in people.therapists if one.takes_clients]
    if not listed:
        return [MatchList.empty(client) for client in clients]
    predicted = forecast(fitted, people.candidates(DEFAULT))
    best = shortlist(predicted, KEPT, eligible_pairs(clients, listed), draw_seeds(clients))
    figures = shown_figures(predicted, best, ratings_by_therapist(clinic))
    return [
        MatchList(clinic=clinic, client=one, **shown) for one, shown in zip(clients, figures, strict=True)
    ]


def draw_seeds(clients: Sequence[Client]) -> NDArray[np.int64]:
    """One seed for each client, so that ties are drawn, and drawn alike until something changes."""
    return np.array([client.pk for client in clients], dtype=np.int64)


def ratings_by_therapist(clinic: Clinic) -> dict[int, int]:
    """How many ratings of each therapist the estimator is fitted to."""
    counts = TrainingRow.objects.in_clinic(clinic).order_by().values_list("therapist_id")
    return dict(counts.annotate(count=Count("pk")))


def shown_figures(predicted: Forecast, best: Ints, rated: Mapping[int, int]) -> Iterator[dict[str, Any]]:
    """The figures of each client's list: what `MatchList` stores, in the order of `best` (C, k)."""
    keys = predicted.candidates.therapist_ids
    client, place = np.nonzero(best >= 0)
    therapist = best[client, place]
    sd, difference_sd = (spread[client, place] for spread in predicted.spreads_of(np.maximum(best, 0)))
    named = parts.named_parts(predicted, client, therapist)
    columns = {
        "therapist_ids": keys[therapist],
        "groups": groups_of_first(predicted, best)[client, place],
        "means": in_tenths(predicted.mean[client, therapist]),
        "sds": in_tenths(sd),
        "differences": in_tenths(predicted.difference[client, therapist]),
        "difference_sds": in_tenths(difference_sd),
        "rated": np.array([rated.get(key, 0) for key in keys.tolist()], dtype=np.int64)[therapist],
    }
    of_parts = in_tenths(np.stack(list(named.values())))
    ends = np.cumsum((best >= 0).sum(axis=1)).tolist()
    for start, end in zip([0, *ends], ends, strict=False):
        shown = {name: column[start:end].tolist() for name, column in columns.items()}
        # PostgreSQL has no array of several empty ones.
        some = slice(None) if end > start else slice(0)
        yield shown | {"part_names": list(named)[some], "parts": of_parts[some, start:end].tolist()}


def groups_of_first(predicted: Forecast, best: Ints) -> Ints:
    """The groups of the first few of each client, (C, k): 1 for the first, 0 beyond the few."""
    found = np.zeros_like(best)
    orders = [row[row >= 0] for row in best[:, :COMPARED]]
    for c, groups in enumerate(predicted.groups(orders)):
        sizes = [len(members) for members in groups]
        found[c, : sum(sizes)] = np.repeat(np.arange(1, len(sizes) + 1), sizes)
    return found


def in_tenths(points: Floats) -> Ints:
    """To the precision that lists are stored in."""
    return np.rint(points * TENTHS).astype(np.int64)


def match_lists_write(*, fresh: Sequence[MatchList], number: int, new_snapshot: bool) -> ChangeCounts:
    """Make the stored lists of these clients equal to the fresh ones; equal rows stay untouched."""
    if not fresh:
        return ChangeCounts()
    for one in fresh:
        one.snapshot_number = number
    rows = [{name: getattr(one, name) for name in STORED} for one in fresh]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {"fresh": json.dumps(rows), "new_snapshot": new_snapshot})
        return ChangeCounts(*cursor.fetchone())
