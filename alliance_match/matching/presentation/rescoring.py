"""The admin's page as words and days: nobody tells from a count or a time who answered, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from alliance_match.accounts.models import Clinic
from alliance_match.matching import selectors
from alliance_match.matching.models.match_list import A_FEW, about
from alliance_match.matching.presentation.phrases import grouped


@dataclass(frozen=True)
class RescoringDay:
    """What was re-scored on one day; counts in words, and the seconds that the longest step took."""

    day: date
    ratings: str
    lists: str
    moved: str
    seconds: float


def rescoring_page(clinic: Clinic) -> dict[str, Any]:
    """What the page shows."""
    status = selectors.rescoring_status(clinic)
    published = status["published"]
    return status | {
        # As of the last publication: even a round number says something at the moment when it changes.
        "rated": about_in_words(published.rated if published else 0),
        "days": [rescoring_day(**totals) for totals in status["days"]],
    }


def rescoring_day(**totals: Any) -> RescoringDay:
    """One day's totals in words."""
    counts: Mapping[str, str] = {name: about_in_words(totals[name]) for name in ("ratings", "lists", "moved")}
    return RescoringDay(day=totals["day"], seconds=totals["seconds"], **counts)


def about_in_words(count: int) -> str:
    """A count as others may know it; that there is none may tell as much as that there is one."""
    if about(count) <= A_FEW:
        return _("fewer than ten")
    return _("about %(n)s") % {"n": grouped(about(count))}
