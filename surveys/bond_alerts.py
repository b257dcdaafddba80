"""Alerts about a weak alliance for a therapist, made from what clients share with them and from nothing else.

They are read anew each time, so they go as soon as the client withdraws what they are of. A low result
counts where it was shared; a fall only where all it was measured against was shared too, else it would betray
the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone

from clients.models import Client
from surveys.flags import FlagKind
from surveys.models import AllianceRating, BondAlertNotice, BondAlertOutcome, Flag, Note, Response
from surveys.models.note import NoteQuerySet
from surveys.models.response import ResponseQuerySet
from therapists.models import Therapist

Matter = BondAlertOutcome.Matter
STRONGEST_FIRST = list(Matter)
CLOSED_STAYS = timedelta(days=30)


@dataclass(frozen=True)
class BondAlert:
    """One thing a client shared that asks for something; `outcome` where it was closed lately."""

    matter: Matter
    source: Response | Note
    client: Client
    shared_at: datetime
    session: int | None = None
    total: float | None = None
    words: str = ""
    outcome: BondAlertOutcome | None = None


def bond_alerts(therapist: Therapist) -> list[BondAlert]:
    """The strongest first, of the same kind the newest; those closed a month ago are left out."""
    found = [*_of_check_ins(therapist), *_of_notes(therapist)]
    newest_first = sorted(found, key=lambda one: one.shared_at, reverse=True)
    return sorted(newest_first, key=lambda one: STRONGEST_FIRST.index(one.matter))


def open_alert_count() -> CombinedExpression:
    """How many bond alerts nobody has closed, of each therapist of a query."""
    check_ins = _count(_open_check_ins(), "session__episode__therapist")
    return check_ins + _count(_open_notes(), "episode__therapist")


def _count(rows: QuerySet[Any], way: str) -> Coalesce:
    counted = rows.filter(**{way: OuterRef("pk")}).order_by().values(way).annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)


def therapists_to_notify() -> set[int]:
    """Keys of those who can log in and were not yet mailed about an alert of the last month."""
    since = timezone.now() - CLOSED_STAYS
    told = BondAlertNotice.objects.filter(response=OuterRef("pk"), matter=OuterRef("matter"))
    check_ins = _open_check_ins().filter(submitted_at__gt=since).exclude(Exists(told))
    notes = _open_notes().filter(sent_at__gt=since, notice__isnull=True)
    of_news = check_ins.filter(session__episode__therapist__user__isnull=False)
    of_notes = notes.filter(episode__therapist__user__isnull=False)
    return {
        *of_news.order_by().values_list("session__episode__therapist", flat=True),
        *of_notes.order_by().values_list("episode__therapist", flat=True),
    }


def _open_check_ins() -> ResponseQuerySet:
    """Those shared that ask for something nobody has closed yet, each with its `matter`."""
    matter = Case(When(wants_to_talk=True, then=Value(Matter.TALK)), default=Value(Matter.LOW))
    asking = _asking_for_something(_in_force(Response.objects.shared())).annotate(matter=matter)
    closed = BondAlertOutcome.objects.filter(response=OuterRef("pk"), matter=OuterRef("matter"))
    return asking.exclude(Exists(closed))


def _open_notes() -> NoteQuerySet:
    return Note.objects.shared().filter(outcome__isnull=True)


def _in_force(shared: ResponseQuerySet) -> ResponseQuerySet:
    return shared.filter(alliance_rating__withdrawn_at__isnull=True)


def _of_check_ins(therapist: Therapist) -> Iterator[BondAlert]:
    shared = Response.objects.in_clinic(therapist.clinic).shared_with(therapist)
    closed = BondAlertOutcome.objects.filter(response=OuterRef("pk"))
    long_ago = closed.filter(closed_at__lt=timezone.now() - CLOSED_STAYS)
    in_force = _in_force(shared).exclude(Exists(long_ago))
    for one in _asking_for_something(in_force).prefetch_related("outcomes"):
        matter = Matter.TALK if one.wants_to_talk else Matter.LOW
        yield BondAlert(
            matter,
            one,
            one.session.episode.client,
            one.submitted_at,
            session=one.session.number,
            total=one.alliance_rating.total if one.shared_with_therapist else None,
            outcome=next((closed for closed in one.outcomes.all() if closed.matter == matter), None),
        )


def _asking_for_something(shared: ResponseQuerySet) -> ResponseQuerySet:
    """Those in which the client would like to talk, or shared a low result."""
    flags = Flag.objects.filter(rating__response=OuterRef("pk"))
    # One withdrawn since was measured against, too, and is shared with nobody.
    earlier = AllianceRating.objects.filter(
        session__episode=OuterRef("session__episode"),
        session__number__lt=OuterRef("session__number"),
        instrument__code=OuterRef("instrument__code"),
        total__isnull=False,
    )
    unshared = earlier.exclude(response__shared_with_therapist=True)
    low = Exists(flags.filter(kind=FlagKind.LOW))
    fell = Exists(flags.filter(kind=FlagKind.DROP)) & ~Exists(unshared)
    return shared.filter(Q(wants_to_talk=True) | Q(low | fell, shared_with_therapist=True))


def _of_notes(therapist: Therapist) -> Iterator[BondAlert]:
    shared = Note.objects.in_clinic(therapist.clinic).shared_with(therapist)
    recent = shared.exclude(outcome__closed_at__lt=timezone.now() - CLOSED_STAYS)
    for one in recent.select_related("episode__client", "outcome"):
        closed = getattr(one, "outcome", None)
        shared_at = one.sent_at or one.written_at
        yield BondAlert(Matter.WORDS, one, one.episode.client, shared_at, words=one.text, outcome=closed)
