"""What somebody must be or offer: one vocabulary for the intake, the filters and the placing of clients."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from alliance_match.matching.hours import SlotsByMinute, Window
from alliance_match.vocabulary import Concern, Format, language_name
from therapists.models import Therapist

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Facet:
    """One thing that can be asked for, any of several values of it; `of` gives those of a therapist.

    Whoever said nothing suits everybody where `silent` is true: hardly anybody states it, or it is usual.
    `always`: values that can be asked for even while nobody has them.
    """

    name: str
    label: Any
    of: Callable[[Therapist], Iterable[str]]
    words: Callable[[str], Any] = str
    silent: bool = False
    always: Collection[str] = ()


class Availability(TextChoices):
    """Whether a client could begin now, or would wait: it depends on who asks, so `Offers` is given it."""

    NOW = "now", _("room now")
    WAIT = "wait", _("waiting list")


def _choice_labels(choices: type[TextChoices]) -> Callable[[str], Any]:
    return lambda code: choices(code).label


def _sliding_fee(one: Therapist) -> Iterable[str]:
    return ["sliding"] if one.lowest_fee is not None and one.lowest_fee != one.fee else []


FACETS = {
    facet.name: facet
    for facet in (
        Facet("room", _("Room"), lambda _one: (), _choice_labels(Availability), always=Availability.values),
        Facet("format", _("How to meet"), lambda one: one.formats, _choice_labels(Format), silent=True),
        Facet("language", _("Language"), lambda one: one.languages, language_name, silent=True),
        Facet("place", _("Place"), lambda one: one.places, silent=True),
        Facet("scale", _("Fee"), _sliding_fee, lambda _code: _("sliding scale")),
        Facet("insurer", _("Insurer"), lambda one: one.insurers, silent=True),
        Facet("concern", _("Knows well"), lambda one: one.concerns, _choice_labels(Concern)),
        Facet("approach", _("Approach"), lambda one: one.approaches),
        Facet("population", _("Works with"), lambda one: one.populations),
        Facet("access", _("Access"), lambda one: one.accessibility),
        Facet("gender", _("Gender"), lambda one: filter(None, [one.gender])),
        Facet("age_group", _("Age"), lambda one: filter(None, [one.age_group])),
    )
}


@dataclass(frozen=True)
class Needs:
    """What is asked for: values by facet, the highest fee for a session, hours of the week.

    `ahead`: by how many minutes the clocks of whoever asks are ahead of the clinic's.
    """

    chosen: Mapping[str, Collection[str]] = field(default_factory=dict)
    highest_fee: Decimal | None = None
    windows: Sequence[Window] = ()
    ahead: int = 0

    def any_of(self, name: str) -> Collection[str]:
        """The values chosen of a facet."""
        return self.chosen.get(name, ())

    def with_only(self, name: str, *values: str) -> "Needs":
        """The same with these values of one facet, or with none."""
        return replace(self, chosen={**self.chosen, name: values})


class Offers:
    """What some therapists (T) offer, laid out to be asked many times. One query, for their slots.

    Of a therapist only the facets that are asked for are read. `room`: which of them have a place for whoever
    asks, where that is one client; else all do.
    """

    def __init__(self, therapists: Sequence[Therapist], room: Bools | None = None) -> None:
        self.therapists = therapists
        self.room = np.ones(len(therapists), dtype=bool) if room is None else room
        self.hours = SlotsByMinute(therapists)
        self._values: dict[str, list[set[str]]] = {
            "room": [{Availability.NOW.value if free else Availability.WAIT.value} for free in self.room]
        }
        self._marks: dict[tuple[str, str], Bools] = {}
        fees = [one.fee if one.lowest_fee is None else one.lowest_fee for one in therapists]
        self._fee = np.array([float(fee or 0) for fee in fees])

    def values(self, name: str) -> list[str]:
        """Every value of a facet that somebody has, or that can be asked for anyway."""
        return sorted(set(FACETS[name].always).union(*self._of(name)))

    def fit(self, needs: Needs) -> Bools:
        """Which therapists meet all needs, (T,)."""
        mask = self.hours.fit(needs.windows, needs.any_of("format"), needs.ahead)
        mask &= self._affordable(needs) & self._reachable(needs)
        for name in FACETS.keys() - {"insurer", "place"}:
            mask &= self._any(name, needs.any_of(name))
        return mask

    def _of(self, name: str) -> list[set[str]]:
        """The values of each therapist."""
        if name not in self._values:
            self._values[name] = [set(FACETS[name].of(one)) for one in self.therapists]
        return self._values[name]

    def _any(self, name: str, values: Collection[str]) -> Bools:
        """Which have any of the values, all where none is chosen."""
        if not values:
            return np.ones(len(self.therapists), dtype=bool)
        found = self._mark(name, "") if FACETS[name].silent else np.zeros(len(self.therapists), dtype=bool)
        for value in values:
            found = found | self._mark(name, value)
        return found

    def _mark(self, name: str, value: str) -> Bools:
        """Which have a value; of the empty one, who said nothing."""
        if (name, value) not in self._marks:
            said = [value in of if value else not of for of in self._of(name)]
            self._marks[name, value] = np.array(said, dtype=bool)
        return self._marks[name, value]

    def _affordable(self, needs: Needs) -> Bools:
        """Where an insurer pays, the fee is no matter."""
        insurers, fee = needs.any_of("insurer"), needs.highest_fee
        if fee is None:
            return self._any("insurer", insurers)
        cheap = self._fee <= float(fee)
        if not insurers:
            return np.asarray(cheap)
        paid = np.zeros(len(cheap), dtype=bool)
        for insurer in insurers:
            paid |= self._mark("insurer", insurer)
        return np.asarray(cheap | paid)

    def _reachable(self, needs: Needs) -> Bools:
        """A place matters only where the two would have to meet in one."""
        near = self._any("place", needs.any_of("place"))
        if needs.any_of("format") and Format.TELEHEALTH not in needs.any_of("format"):
            return near
        return near | self._any("format", [Format.TELEHEALTH])
