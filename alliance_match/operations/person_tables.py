"""Whose row is it: the tables of this app that lead to a person, or to none."""

from alliance_match.operations.models import Heartbeat
from alliance_match.person_tables import PersonTable

PERSON_TABLES: tuple[PersonTable, ...] = ()
IMPERSONAL_TABLES = {Heartbeat: "when a process was last alive"}
