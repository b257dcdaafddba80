"""Whose row is it: the tables of this app that lead to a person."""

from alliance_match.audit.models import AuditEvent
from alliance_match.person_tables import PersonTable

PERSON_TABLES = (
    PersonTable(
        AuditEvent,
        ("actor",),
        withheld="who did what with whose row comes with the log of reading, and the pages that show both",
    ),
)
IMPERSONAL_TABLES: dict[type, str] = {}
