"""Whose row is it: the tables of this app that lead to a person, or to none."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from alliance_match.matching.models import (
    AllowedTrait,
    FailedRescore,
    MatchList,
    ModelSnapshot,
    PendingRescore,
    PublishedState,
    RescoreLock,
    RescoreRun,
    StoredDifference,
    TrainingChange,
    TrainingRow,
)
from alliance_match.person_tables import PersonTable
from clients.models import Client
from therapists.models import Therapist

A_KEY = "the client's key and a time; the data that changed are in the other parts"


def own_estimates(client: Client) -> Iterator[dict[str, Any]]:
    """A client's matches, the therapists by name."""
    found = MatchList.for_client(client)
    for match in found.matches(Therapist.objects.in_bulk(found.therapist_ids)):
        figures = {field.name: getattr(match, field.name) for field in fields(match)[1:]}
        yield {"therapist_name": match.therapist.name, **figures, "scored_on": found.scored_at.date()}


PERSON_TABLES = (
    PersonTable(MatchList, ("client",), part="estimates", read=own_estimates),
    PersonTable(TrainingRow, ("client", "therapist"), part="training_rows"),
    PersonTable(
        ModelSnapshot, ("state",), withheld="sums over the training rows of many; one's own rows are a part"
    ),
    PersonTable(
        PublishedState, ("state",), withheld="sums over the training rows of many; one's own rows are a part"
    ),
    PersonTable(TrainingChange, ("client_id", "therapist_id"), withheld="copies of one's own training rows"),
    PersonTable(PendingRescore, ("client_id", "therapist_id"), withheld=A_KEY),
    PersonTable(FailedRescore, ("client_id", "therapist_id"), withheld=A_KEY),
    PersonTable(AllowedTrait, ("allowed_by",)),
)
IMPERSONAL_TABLES = {
    RescoreLock: "a lock on a clinic",
    RescoreRun: "how much work was done, and how long it took",
    StoredDifference: "how much a nightly comparison found",
}
