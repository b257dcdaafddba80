"""How a client's symptoms went, in words and as points to draw: what is no more than noise is called so."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from alliance_match.safety.models import SymptomCheck
from clients.models import Client
from surveys.definition import scale_ends_of, scored_keys, total_range
from surveys.models import Instrument

MOST_DRAWN = 24
Counted = tuple[str, float]  # a day and the total


@dataclass(frozen=True)
class CoursePoint:
    """One total, and the range that the same state could as well have given."""

    label: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class SymptomCourse:
    """All totals by one questionnaire, oldest first; `band` names the newest, `words` its change."""

    instrument: Instrument
    points: Sequence[CoursePoint]
    highest: int
    band: str
    words: str


def symptom_courses(client: Client) -> list[SymptomCourse]:
    """A client's courses, one for each questionnaire: sums of different ones are never compared."""
    counted = SymptomCheck.objects.filter(client=client, total__isnull=False).select_related("instrument")
    checks = sorted(counted, key=lambda one: one.instrument.code)
    return [
        _course_of_checks(list(own)[-MOST_DRAWN:])
        for _code, own in groupby(checks, lambda one: one.instrument.code)
    ]


def _course_of_checks(checks: Sequence[SymptomCheck]) -> SymptomCourse:
    newest = checks[-1]
    reliable = newest.instrument.definition["total"].get("reliable_change")
    lowest, highest = _range_of_totals(newest.instrument)
    # A difference is reliable beyond the noise of two measurements; one of them has less, by the root of two.
    noise = reliable / sqrt(2) if reliable else 0.0
    counted = [(date_format(localtime(one.given_at), "MONTH_DAY_FORMAT"), one.total or 0.0) for one in checks]
    points = [
        CoursePoint(day, total, max(total - noise, lowest), min(total + noise, highest))
        for day, total in counted
    ]
    words = change_in_words(counted, reliable) if reliable else ""
    return SymptomCourse(newest.instrument, points, highest, newest.scores.band, words)


def _range_of_totals(instrument: Instrument) -> tuple[int, int]:
    definition = instrument.definition
    keys = scored_keys(definition)
    first = next(one for one in definition["items"] if one["key"] == keys[0])
    return total_range(definition["total"]["rule"], scale_ends_of(definition, first), len(keys))


def change_in_words(counted: Sequence[Counted], reliable: float) -> str:
    """How the newest total compares with those before: with the last one from which it clearly differs."""
    *before, (_day, now) = counted
    if not before:
        return ""
    clear = [(day, total) for day, total in before if abs(now - total) >= reliable]
    if not clear:
        return _("No clear change since %(day)s.") % {"day": before[0][0]}
    day, total = clear[-1]
    words = _("Clearly better than on %(day)s.") if now < total else _("Clearly harder than on %(day)s.")
    return words % {"day": day}
