"""Whose row is it: the tables of this app that lead to a person."""

from alliance_match.person_tables import PersonTable
from therapists.models import PractisedStyle, Slot, Therapist

PERSON_TABLES = (
    PersonTable(Therapist, ("pk", "user")),
    PersonTable(PractisedStyle, ("therapist",)),
    PersonTable(Slot, ("therapist",)),
)
IMPERSONAL_TABLES: dict[type, str] = {}
