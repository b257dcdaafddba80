"""Flags of a rating, renewed whenever it changes."""

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import events_record
from surveys.flags import FlagKind, FlagStrength, RatingToFlag, flags, has_low_item
from surveys.models import AllianceRating, Flag, Response
from surveys.models.instrument import instrument_version
from surveys.services.norms import clinic_norm


@transaction.atomic
def flags_renew(*, rating: AllianceRating) -> None:
    """Let these be the rating's flags; of one that was withdrawn there are none.

    The flag that needs a prediction goes with the others, and comes back with `unexpected_flags_add`.
    """
    Flag.objects.filter(rating=rating).delete()
    if rating.withdrawn_at is None:
        of_care = AllianceRating.objects.filter(session__episode=rating.session.episode_id)
        before = of_care.filter(session__number__lt=rating.session.number)
        flags_add(rating=rating, earlier=earlier_totals(rating, before.order_by("session__number")))


def flags_add(*, rating: AllianceRating, earlier: Sequence[float]) -> None:
    """Flag a rating that has no flags yet; `earlier`: what the client gave before."""
    found = flags(_rating_to_flag(rating, earlier), clinic_norm(rating))
    rows = [Flag(rating=rating, kind=kind, strength=strength) for kind, strength in found.items()]
    Flag.objects.bulk_create(rows)


def earlier_totals(rating: AllianceRating, so_far: Iterable[AllianceRating]) -> list[float]:
    """The totals in force of the same instrument at earlier sessions, from the ratings of the same care."""
    return [
        one.total
        for one in so_far
        if one.total is not None
        and one.withdrawn_at is None
        and one.session_id != rating.session_id
        and instrument_version(one.instrument_id).code == rating.instrument.code
    ]


@transaction.atomic
def unexpected_flags_add(*, clinic: Clinic, rating_ids: Collection[int], by: Actor) -> None:
    """Flag ratings that lie far below what was predicted of them, as whoever predicts has found."""
    rows = [
        Flag(rating_id=pk, kind=FlagKind.UNEXPECTED, strength=FlagStrength.CHECK_IN)
        for pk in sorted(rating_ids)
    ]
    Flag.objects.bulk_create(rows, ignore_conflicts=True)
    flagged = [(row.rating_id, clinic.pk) for row in rows]
    events_record(by=by, verb="unexpected_flags_add", of=AllianceRating, rows=flagged)


def _rating_to_flag(rating: AllianceRating, earlier: Sequence[float]) -> RatingToFlag:
    response = rating.response
    return RatingToFlag(
        code=rating.instrument.code,
        total=rating.total,
        earlier=list(earlier),
        low_item=response is not None and has_low_item(rating.instrument.definition, response.answers),
        not_yet=response is not None and response.bond == Response.Bond.NOT_YET,
        wants_to_talk=response is not None and response.wants_to_talk,
    )
