"""The suggestions page as values: what each card shows, from stored matches alone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from django.db.models import QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.prepared_rows import Given, GivenKeys, PreparedRows
from alliance_match.accounts.related_rows import annotate_with, keep_annotated
from alliance_match.matching.eligibility import known_to, therapists_here
from alliance_match.matching.models import Match, MatchList, ModelSnapshot, PendingRescore, PublishedState
from alliance_match.matching.models.match_list import about
from alliance_match.matching.models.pending_rescore import PendingRescoreQuerySet
from alliance_match.matching.presentation import phrases
from alliance_match.matching.presentation.changes import changes_in_words
from alliance_match.matching.presentation.phrases import Reason
from clients.models import Client
from therapists.models import Therapist

Z50, Z80 = 0.6745, 1.2816
FEWEST, MOST = 3, 5
SHOWN_REASONS = 3
AXIS_STEP = 5
PRACTICE = ("styles", "slots")
SMALL = 0.05


@dataclass(frozen=True)
class Track:
    """Points from this client's average here: the mean and the ends of the 50 % and 80 % intervals."""

    mean: float
    low50: float
    high50: float
    low80: float
    high80: float


@dataclass(frozen=True)
class Card:
    """One suggested therapist; reasons, caveat and rest sum to the mean of the track."""

    therapist: Therapist
    band: str
    evidence: str
    track: Track
    reasons: Sequence[Reason]
    caveat: Reason | None
    rest: Reason | None
    moved: int


@dataclass(frozen=True)
class Suggestions:
    """Everything the page shows.

    `published_on`: the day until which it holds what others rated; `rated`: about how many ratings that is;
    `drawn`: another word for each version of the list; `pending`: the client's own answers are still being
    taken in.
    """

    cards: Sequence[Card]
    changes: Sequence[str]
    others: int
    axis: int
    indistinguishable: Sequence[str]
    verdict: str
    rated: int
    published_on: date | None
    drawn: str
    moved: int
    pending: bool


def suggestions(client: Client, *, show_all: bool) -> Suggestions:
    """Read one client's suggestions; the number of queries does not grow with the matches."""
    published = published_for(client)
    found, keys = match_list_read_with(published, client)
    first = first_keys(found, keys)
    matches = matches_with(found, keys if show_all else first)
    cards = [suggestion_card(match, client) for match in matches]
    return Suggestions(
        cards=cards,
        changes=changes_in_words(getattr(client, "last_visit", None), matches[: len(first)]),
        others=len(keys) - len(matches),
        axis=axis_half_width(cards),
        indistinguishable=phrases.indistinguishable_in_words(names_by_group(matches)),
        verdict=published.verdict if published else ModelSnapshot.Verdict.PREFERENCE,
        rated=about(published.rated) if published else 0,
        published_on=timezone.localdate(published.created_at, client.clinic.zone) if published else None,
        drawn=str(found.scored_at) if published and published.match_list else "",
        moved=sum(card.moved > 0 for card in cards),
        pending=published.pending if published else own_changes(client.clinic, client.pk).exists(),
    )


def first_suggested_matches(client: Client) -> list[Match]:
    """The matches that a client sees first; two queries."""
    found, keys = match_list_read_with(published_for(client), client)
    return matches_with(found, first_keys(found, keys))


def published_for(client: Client) -> PublishedState | None:
    """What is published now with the client's list, whom of it they may still meet, and what is pending.

    All of one moment: a page without what was answered last always says so.
    """
    known = list(known_to(client))
    return published_with_list.first(clinic=client.clinic_id, client=client.pk, known=known)


@PreparedRows
def published_with_list() -> QuerySet[PublishedState]:
    """What is published at a `clinic` with the list of a `client`, but for the therapists `known` to them."""
    clinic, client = Given("clinic"), Given("client")
    states = PublishedState.objects.in_clinic(clinic).without_state().newest_first()
    open_to = therapists_here(clinic, GivenKeys("known")).listed()
    return states.with_pending(own_changes(clinic, client)).with_match_list(client, open_to)[:1]


def own_changes(clinic: Clinic | Value, client: int | Value) -> PendingRescoreQuerySet:
    """What a client did that their list does not show yet."""
    return PendingRescore.objects.in_clinic(clinic).filter(client_id=client).own()


def match_list_read_with(published: PublishedState | None, client: Client) -> tuple[MatchList, list[int]]:
    """The client's list, an empty one where none is stored, and whom of it they may meet, best first."""
    # What an ended client was suggested stands until the worker takes it away, and is shown no more.
    is_over = client.status == Client.Status.ENDED
    if published is None or published.match_list is None or is_over:
        return MatchList.empty(client), []
    found = MatchList(**published.match_list[0])
    found.number_in_force = published.number
    open_ids = set(published.open_ids)
    return found, [key for key in found.therapist_ids if key in open_ids]


def matches_with(found: MatchList, keys: Sequence[int]) -> list[Match]:
    """The matches with these therapists, best first; one query, and only of who is shown."""
    people = keep_annotated(therapists_with_practice(keys=list(keys)), *PRACTICE)
    return list(found.matches({one.pk: one for one in people}))


@PreparedRows
def therapists_with_practice() -> QuerySet[Therapist]:
    """These `keys`, with what is read of them."""
    return annotate_with(Therapist.objects.filter(pk=GivenKeys("keys")).order_by(), *PRACTICE)


def first_keys(found: MatchList, keys: Sequence[int]) -> Sequence[int]:
    """Three, and up to two more that cannot be distinguished from the third."""
    if len(keys) <= FEWEST:
        return keys
    group = dict(zip(found.therapist_ids, found.groups, strict=True))
    alike = [group[key] == group[keys[FEWEST - 1]] for key in keys[FEWEST:MOST]]
    return keys[: FEWEST + (alike.index(False) if False in alike else len(alike))]


def suggestion_card(match: Match, client: Client) -> Card:
    """One card, with its reasons."""
    said = phrases.reasons(match, client)
    caveat = next((reason for reason in said if reason.points < 0), None)
    for_it = [reason for reason in said if reason.points > 0][:SHOWN_REASONS]
    said_points = sum(reason.points for reason in (*for_it, *([caveat] if caveat else [])))
    rest = match.difference - said_points
    return replace(
        estimate_card(match),
        reasons=for_it,
        caveat=caveat,
        rest=Reason(rest, _("Everything else together")) if abs(rest) >= SMALL else None,
    )


def estimate_card(match: Match) -> Card:
    """One card for a list that shows no reasons."""
    return Card(
        therapist=match.therapist,
        band=phrases.band_in_words(match),
        evidence=phrases.evidence_in_words(match),
        track=difference_track(match),
        reasons=(),
        caveat=None,
        rest=None,
        moved=sign(match.previous_rank - match.rank) if match.previous_rank else 0,
    )


def difference_track(match: Match) -> Track:
    """The interval of the difference."""
    mean, sd = match.difference, match.difference_sd
    return Track(mean, mean - Z50 * sd, mean + Z50 * sd, mean - Z80 * sd, mean + Z80 * sd)


def axis_half_width(cards: Sequence[Card]) -> int:
    """The half-width, in points, that holds every shown interval."""
    ends = [max(abs(card.track.low80), abs(card.track.high80)) for card in cards]
    return AXIS_STEP * max(1, ceil(max(ends, default=0) / AXIS_STEP))


def names_by_group(shown: Sequence[Match]) -> dict[int, list[str]]:
    """What the shown therapists are called, by group."""
    names: dict[int, list[str]] = defaultdict(list)
    for match in shown:
        if match.group:
            names[match.group].append(match.therapist.called)
    return names


def sign(number: int) -> int:
    """−1, 0 or +1."""
    return (number > 0) - (number < 0)
