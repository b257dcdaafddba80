"""Match lists from a fitted estimator: always computed from base data, written only where they changed."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from alliance_match.accounts.models import Clinic
from alliance_match.matching import dataset, parts
from alliance_match.matching.eligibility import eligible_pairs
from alliance_match.matching.models import MatchList
from alliance_match.matching.models.match_list import FIGURES, TENTHS, about
from alliance_match.matching.services.publishing import PublishedEstimator, with_own_ratings
from alliance_match.prediction import (
    ConditionedAlliance,
    FittedAlliance,
    Floats,
    Forecast,
    Ints,
    forecast,
    shortlist,
)
from clients.models import Client
from surveys.models.instrument import DEFAULT

KEPT = 50
COMPARED = 5
STORED = ("client_id", "clinic_id", "published_number", *FIGURES)

# One statement for any number of lists. The order before is kept where another is news of ratings; one's own
# new answers, and whom one puts aside, are none.
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
                WHEN excluded.client_id = ANY(%(news)s) THEN stored.therapist_ids
                WHEN stored.published_number = excluded.published_number
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


class ChangeCounts(NamedTuple):
    """Of how many lists scored how many got new figures, and how many another order."""

    scored: int = 0
    lists: int = 0
    moved: int = 0


def match_lists_rescore(
    *, clinic: Clinic, publication: PublishedEstimator, client_ids: Collection[int], news: Collection[int]
) -> ChangeCounts:
    """Score the lists of these clients anew; who is not looking has none.

    `news`: those for whom another order is news of ratings.
    """
    looking = dataset.watched_only(Client.objects.in_clinic(clinic).seeking().filter(pk__in=client_ids))
    clients = list(looking.order_by("pk"))
    MatchList.objects.filter(client__in=client_ids).exclude(client__in=clients).delete()
    fresh = unsaved_match_lists(clinic, publication, clients)
    lists, moved = match_lists_write(fresh=fresh, number=publication.number, news=news)
    return ChangeCounts(len(clients), lists, moved)


def unsaved_match_lists(
    clinic: Clinic, publication: PublishedEstimator, clients: Sequence[Client]
) -> list[MatchList]:
    """The unsaved lists of some clients, from what is published and their own ratings."""
    people = dataset.clinic_people(clinic, clients)
    listed = [one for one in people.therapists if one.takes_clients]
    if not listed:
        return [MatchList.empty(client) for client in clients]
    candidates, allowed = people.candidates(DEFAULT), eligible_pairs(clients, listed)
    own = with_own_ratings(clinic, publication, [client.pk for client in clients])
    figures: dict[int, dict[str, Any]] = {}
    for fitted, chosen in clients_by_estimator(publication.fitted, own, candidates.client_ids):
        theirs = candidates.of_clients(chosen)
        predicted = forecast(fitted, theirs)
        # Ties are drawn, and drawn alike until something changes.
        best = shortlist(predicted, KEPT, allowed[chosen], theirs.client_ids)
        shown = shown_figures(predicted, best, publication.rated_by_therapist)
        figures |= dict(zip(theirs.client_ids.tolist(), shown, strict=True))
    return [MatchList(clinic=clinic, client=client, **figures[client.pk]) for client in clients]


def clients_by_estimator(
    published: FittedAlliance, own: Mapping[int, ConditionedAlliance], client_ids: Ints
) -> Iterator[tuple[FittedAlliance | ConditionedAlliance, Ints]]:
    """Positions of clients by what they are scored with: most with what is published."""
    apart = np.isin(client_ids, list(own))
    if not apart.all():
        yield published, np.flatnonzero(~apart)
    for c in np.flatnonzero(apart).tolist():
        yield own[int(client_ids[c])], np.array([c])


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
        "rated": np.array([about(rated.get(key, 0)) for key in keys.tolist()], dtype=np.int64)[therapist],
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


def match_lists_write(*, fresh: Sequence[MatchList], number: int, news: Collection[int]) -> tuple[int, int]:
    """Make the stored lists of these clients equal to the fresh ones; equal rows stay untouched.

    Returns how many were written, and how many of these in another order.
    """
    if not fresh:
        return 0, 0
    for one in fresh:
        one.published_number = number
    rows = [{name: getattr(one, name) for name in STORED} for one in fresh]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {"fresh": json.dumps(rows), "news": list(news)})
        written: tuple[int, int] = cursor.fetchone()
        return written
