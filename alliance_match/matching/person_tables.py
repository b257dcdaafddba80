"""Whose row is it: the tables of this app that lead to a person, or to none."""

from alliance_match.matching.models import (
    AllowedTrait,
    FailedRescore,
    Match,
    ModelSnapshot,
    PendingRescore,
    RescoreLock,
    RescoreRun,
    TrainingRow,
)
from alliance_match.person_tables import PersonTable

A_KEY = "the client's key and a time; the data that changed are in the other parts"

PERSON_TABLES = (
    PersonTable(Match, ("client", "therapist"), part="estimates"),
    PersonTable(TrainingRow, ("client", "therapist"), part="training_rows"),
    PersonTable(
        ModelSnapshot, ("state",), withheld="sums over the training rows of many; one's own rows are a part"
    ),
    PersonTable(PendingRescore, ("client_id", "therapist_id"), withheld=A_KEY),
    PersonTable(FailedRescore, ("client_id", "therapist_id"), withheld=A_KEY),
    PersonTable(AllowedTrait, ("allowed_by",)),
)
IMPERSONAL_TABLES = {
    RescoreLock: "a lock on a clinic",
    RescoreRun: "how much work was done, and how long it took",
}
