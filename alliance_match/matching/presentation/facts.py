"""What can be checked about a therapist: where, when, for how much, and whether there is room."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from alliance_match.accounts.models import Clinic
from alliance_match.pages.templatetags.plain_words import days_ago, money
from alliance_match.vocabulary import Format, language_name
from therapists.available_hours import Window
from therapists.models import Therapist
from therapists.templatetags.available_hours import weekly_hours

NAMED_HOURS = 2
BREAK = " · "


@dataclass(frozen=True)
class Fact:
    """One line: the words, and the icon before them."""

    icon: str
    words: Any


@dataclass(frozen=True)
class FactReader:
    """Whoever reads the facts: their clinic, the hours they asked for, reply times by therapist, and who has
    no room for them."""

    clinic: Clinic
    windows: Collection[Window]
    replies: Mapping[int, Any]
    without_capacity: Collection[int]

    def facts(self, therapist: Therapist) -> list[Fact]:
        """The facts of one therapist."""
        said = {
            "map-pin": _places(therapist),
            "clock": _hours(therapist, self.clinic, self.windows),
            "wallet": _fee(therapist, self.clinic.currency),
            "languages": ", ".join(map(language_name, therapist.languages)),
            "calendar-check": _room(therapist, therapist.pk not in self.without_capacity),
            "check": self.replies.get(therapist.pk, ""),
        }
        return [Fact(icon, words) for icon, words in said.items() if words]


def _places(therapist: Therapist) -> str:
    return BREAK.join(_ways_to_meet(therapist))


def _ways_to_meet(therapist: Therapist) -> Iterator[str]:
    if Format.IN_PERSON in therapist.formats:
        places = ", ".join(therapist.places)
        yield _("in person") + (f": {places}" if places else "")
    if Format.TELEHEALTH in therapist.formats:
        yield _("telehealth")


def _hours(therapist: Therapist, clinic: Clinic, windows: Collection[Window]) -> str:
    hours = weekly_hours(therapist, clinic, windows)
    begin = [localtime(hour.starts_at) for hour in hours[:NAMED_HOURS]]
    named = ", ".join(f"{date_format(at, 'l')} {date_format(at, 'TIME_FORMAT')}" for at in begin)
    return f"{named},\N{NO-BREAK SPACE}…" if len(hours) > NAMED_HOURS else named


def _fee(therapist: Therapist, currency: str) -> str:
    if therapist.fee is None:
        return ""
    words = money(therapist.fee, currency)
    if therapist.lowest_fee is not None and therapist.lowest_fee != therapist.fee:
        low = money(therapist.lowest_fee, currency)
        words = _("%(low)s to %(high)s, sliding scale") % {"low": low, "high": words}
    return BREAK.join(filter(None, [words, ", ".join(therapist.insurers)]))


def _room(therapist: Therapist, has_capacity: bool) -> str:
    if not therapist.takes_clients:
        away = therapist.unavailable == Therapist.Unavailable.AWAY
        words = _("away, and taking no new clients") if away else _("not taking new clients")
        if therapist.returns_on is None or not away:
            return words
        back = _("back on %(day)s") % {"day": date_format(therapist.returns_on, "MONTH_DAY_FORMAT")}
        return f"{words}; {back}"
    if not has_capacity:
        return _("no room at the moment; you can wait for a place")
    if therapist.confirmed_at is None:
        return _("room not confirmed yet")
    when = {"when": days_ago(therapist.confirmed_at)}
    if therapist.is_stale:
        return _("last confirmed %(when)s: there may be no room") % when
    return _("taking new clients, confirmed %(when)s") % when
