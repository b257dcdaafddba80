"""Whose row is it: the tables of this app that lead to a person."""

from alliance_match.insights.models import Release
from alliance_match.person_tables import PersonTable

OF_TEN = "figures of a therapist from ten clients or more; they say nothing of one"

PERSON_TABLES = (
    PersonTable(Release, ("contributors", "therapist"), withheld=OF_TEN),
    PersonTable(Release.contributors.through, ("client", "release__therapist"), withheld=OF_TEN),
)
IMPERSONAL_TABLES: dict[type, str] = {}
