"""Where somebody acts on an answer that tells of danger; a room above knows, and says so when it loads.

Until one does, no instrument can be asked that has such a question.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, Q, Value

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet

People = Callable[[], ClinicQuerySet[Any]]
_people: list[People] = []


def acted_on_by(people: People) -> None:
    """Let those be asked for whoever acts on such answers at a clinic."""
    _people.append(people)


def is_acted_on(clinic: Clinic) -> Q:
    """A condition that holds where somebody acts on such answers at this clinic."""
    found = Q(Value(False))
    for people in _people:
        found |= Q(Exists(people().in_clinic(clinic)))
    return found
