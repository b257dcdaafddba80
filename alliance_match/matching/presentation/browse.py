"""Everybody whom a client could see, filtered as the address says: results, counts, chips, ways out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from alliance_match.accounts.prepared_rows import Given, GivenKeys, PreparedRows
from alliance_match.matching.constraints import FACETS, Availability, Needs, Offers
from alliance_match.matching.eligibility import has_capacity_for, known_to, own_needs, therapists_here
from alliance_match.matching.hours import DAY, Window, minutes_ahead
from alliance_match.matching.models import Match, MatchList
from alliance_match.matching.presentation.cards import Card, estimate_card, suggestion_card
from clients.forms.amount import AmountField
from clients.models import Client, Mark
from clients.selectors import capacity_by_therapist, with_capacity
from clients.timetable import WEEK, part_codes, part_of_week
from therapists.models import Therapist

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SORTS = {
    "suggested": gettext_lazy("Suggested first"),
    "soonest": gettext_lazy("Soonest first"),
    "fee": gettext_lazy("Lowest fee first"),
}
FEE, TIME, SORT, PAGE = "fee", "time", "sort", "page"
ON_A_PAGE = 20
FEW = 3
# After whoever has a rank or a fee.
LAST = 1_000_000


@dataclass(frozen=True)
class Option:
    """One value of a facet: how many there would be with it, whatever else of its facet is chosen."""

    value: str
    words: Any
    count: int
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """A facet with its options."""

    name: str
    label: Any
    options: Sequence[Option]


@dataclass(frozen=True)
class FilterChip:
    """One thing that is asked for; `query` is the address without it, which `count` therapists would meet."""

    words: str
    query: str
    count: int


@dataclass(frozen=True)
class TherapistRow:
    """One therapist; `card` is None where no estimate is kept; `misses`: which of the answers do not fit.

    `has_capacity`: whether this client could begin now, or would wait for a place.
    """

    therapist: Therapist
    card: Card | None
    misses: Sequence[Any]
    has_capacity: bool


@dataclass(frozen=True)
class BrowseResults:
    """All that the page shows; `fee_error`: the highest fee is no amount; `everybody`: without filters."""

    page: "Page[int]"
    rows: Sequence[TherapistRow]
    filters: Sequence[Filter]
    chips: Sequence[FilterChip]
    times: Collection[str]
    fee: str
    fee_error: str
    sort: str
    everybody: int

    @property
    def few(self) -> bool:
        """Whether to say which filter leaves how many."""
        return self.page.paginator.count < FEW

    @property
    def ways_out(self) -> list[FilterChip]:
        """What can be left out alone to see more people."""
        return [chip for chip in self.chips if chip.count > self.page.paginator.count]


@dataclass(frozen=True)
class BrowseQuery:
    """What an address asks for; words that nobody here knows are left out."""

    needs: Needs
    times: Sequence[str]
    fee: str
    fee_error: str
    sort: str


def browse_results(client: Client, query: QueryDict) -> BrowseResults:
    """Read the page for an address. The number of queries does not grow with the therapists."""
    offers = _offers(client, therapists_with_capacity(clinic=client.clinic_id, known=list(known_to(client))))
    clocks = minutes_ahead(client.time_zone, client.clinic.time_zone, timezone.now())
    asked = browse_query(query, offers, clocks)
    matches = _matches(client, offers.therapists)
    order = _sorted_positions(asked.sort, client, offers, matches)
    fitting = offers.fit(asked.needs)
    page = Paginator([t for t in order.tolist() if fitting[t]], ON_A_PAGE).get_page(query.get(PAGE))
    return BrowseResults(
        page=page,
        rows=_therapist_rows(client, offers, list(page.object_list), matches, estimate_card),
        filters=[_filter_of_facet(name, offers, asked.needs) for name in FACETS if offers.values(name)],
        chips=_filter_chips(query, offers, asked),
        times=asked.times,
        fee=asked.fee,
        fee_error=asked.fee_error,
        sort=asked.sort,
        everybody=len(offers.therapists),
    )


@PreparedRows
def therapists_with_capacity() -> QuerySet[Therapist]:
    """Whoever works at a `clinic`, but for those `known` to a client."""
    return with_capacity(therapists_here(Given("clinic"), GivenKeys("known")))


def rows_for(client: Client, therapists: Sequence[Therapist]) -> list[TherapistRow]:
    """These therapists, read with practice and places, as this client sees them, in their order."""
    offers = _offers(client, therapists)
    matches = _matches(client, therapists)
    return _therapist_rows(
        client, offers, range(len(therapists)), matches, lambda match: suggestion_card(match, client)
    )


def _offers(client: Client, therapists: Sequence[Therapist]) -> Offers:
    return Offers(therapists, has_capacity_for([client], therapists, capacity_by_therapist(therapists))[0])


def favourite_therapists(client: Client) -> list[Therapist]:
    """Whom the client keeps in mind, the first kept first."""
    here = Therapist.objects.in_clinic(client.clinic).exclude(status=Therapist.Status.LEFT)
    kept = here.filter(marks__client=client, marks__kind=Mark.Kind.FAVOURITE)
    return list(with_capacity(kept.order_by("marks__made_at", "pk").with_practice()))


def intake_query(client: Client) -> str:
    """The address that asks for what the client asked for in the intake, of those who have room now."""
    needs = own_needs(client)
    query = QueryDict(mutable=True)
    query["room"] = Availability.NOW
    for name, values in needs.chosen.items():
        query.setlist(name, sorted(values))
    query.setlist(TIME, part_codes(needs.windows))
    if needs.highest_fee is not None:
        query[FEE] = f"{needs.highest_fee.normalize():f}"
    return query.urlencode()


def browse_query(query: QueryDict, offers: Offers, clocks: int = 0) -> BrowseQuery:
    """Read an address. `clocks`: minutes by which those of whoever asks are ahead of the clinic's."""
    chosen = {name: tuple(v for v in query.getlist(name) if v in offers.values(name)) for name in FACETS}
    times = [code for code in WEEK if code in query.getlist(TIME)]
    windows = [Window(*part_of_week(code)[:3]) for code in times]
    fee, error = _parsed_fee(query.get(FEE, ""))
    sort = query.get(SORT, "")
    needs = Needs({name: values for name, values in chosen.items() if values}, fee, windows, clocks)
    return BrowseQuery(needs, times, query.get(FEE, ""), error, sort if sort in SORTS else next(iter(SORTS)))


def _parsed_fee(text: str) -> tuple[Decimal | None, str]:
    try:
        return AmountField(required=False).clean(text), ""
    except ValidationError:
        return None, str(AmountField.default_error_messages["invalid"])


def _sorted_positions(sort: str, client: Client, offers: Offers, matches: Mapping[int, Match]) -> Ints:
    """All positions in order, who has room first; equals are drawn, alike until something changes."""
    if sort == "soonest":
        now = timezone.localtime(timezone=client.clinic.zone)
        key = offers.hours.soonest(now.weekday() * DAY + now.hour * 60 + now.minute)
    elif sort == "fee":
        fees = [one.fee if one.lowest_fee is None else one.lowest_fee for one in offers.therapists]
        key = np.array([LAST if fee is None else float(fee) for fee in fees])
    else:
        key = np.array([matches[one.pk].rank if one.pk in matches else LAST for one in offers.therapists])
    return np.lexsort((np.random.default_rng(client.pk).permutation(len(key)), key, ~offers.room))


def _therapist_rows(
    client: Client,
    offers: Offers,
    positions: Sequence[int],
    matches: Mapping[int, Match],
    card: Callable[[Match], Card],
) -> list[TherapistRow]:
    missed = _unmet_answers(client, offers)
    found = []
    for t in positions:
        one = offers.therapists[t]
        match = matches.get(one.pk)
        misses = [label for label, mask in missed if mask[t]]
        shown = card(match) if match else None
        found.append(TherapistRow(one, shown, misses, bool(offers.room[t])))
    return found


def _matches(client: Client, therapists: Sequence[Therapist]) -> dict[int, Match]:
    found = MatchList.for_client(client).matches({one.pk: one for one in therapists})
    return {match.therapist.pk: match for match in found}


def _unmet_answers(client: Client, offers: Offers) -> list[tuple[Any, Bools]]:
    """What of the client's own answers which therapists do not meet."""
    own = own_needs(client)
    alone = [(FACETS[name].label, Needs({name: own.any_of(name)})) for name in own.chosen]
    alone += [
        (_("Hours"), Needs(windows=own.windows, ahead=own.ahead)),
        (_("Fee"), replace(own, chosen={}, windows=())),
    ]
    return [(label, ~offers.fit(needs)) for label, needs in alone]


def _filter_of_facet(name: str, offers: Offers, needs: Needs) -> Filter:
    options = [
        Option(
            value=value,
            words=FACETS[name].words(value),
            count=int(offers.fit(needs.with_only(name, value)).sum()),
            chosen=value in needs.any_of(name),
        )
        for value in offers.values(name)
    ]
    return Filter(name, FACETS[name].label, sorted(options, key=lambda option: str(option.words)))


def _filter_chips(query: QueryDict, offers: Offers, asked: BrowseQuery) -> list[FilterChip]:
    words = {
        (name, value): str(FACETS[name].words(value))
        for name, values in asked.needs.chosen.items()
        for value in values
    }
    words |= {(TIME, code): part_of_week(code).words for code in asked.times}
    if asked.needs.highest_fee is not None:
        words[FEE, asked.fee] = _("at most %(fee)s a session") % {
            "fee": number_format(asked.needs.highest_fee)
        }
    return [_filter_chip(text, query, one, offers, asked.needs.ahead) for one, text in words.items()]


def _filter_chip(
    text: str, query: QueryDict, one: tuple[str, str], offers: Offers, clocks: int
) -> FilterChip:
    name, value = one
    rest = query.copy()
    rest.setlist(name, [one for one in query.getlist(name) if one != value])
    rest.pop(PAGE, None)
    count = int(offers.fit(browse_query(rest, offers, clocks).needs).sum())
    # An address without any filter would be taken for one that asks for one's own needs.
    rest.setdefault(SORT, next(iter(SORTS)))
    return FilterChip(text, rest.urlencode(), count)
