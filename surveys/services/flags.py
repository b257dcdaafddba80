"""Flags of a rating, renewed whenever it changes."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Aggregate, Count, FloatField, Q, StdDev

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import events_record
from clients.models import Consent, Purpose
from surveys.flags import LOW_SHARE, ClinicNorm, FlagKind, FlagStrength, RatingToFlag, flags, has_low_item
from surveys.models import AllianceRating, Flag, Response


class _TwentiethPercentile(Aggregate):
    """The value below which a fifth of them lie."""

    function = "PERCENTILE_CONT"
    template = f"%(function)s({LOW_SHARE}) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@transaction.atomic
def flags_renew(*, rating: AllianceRating) -> None:
    """Let these be the rating's flags; of one that was withdrawn there are none.

    The flag that needs a prediction goes with the others, and comes back with `unexpected_flags_add`.
    """
    Flag.objects.filter(rating=rating).delete()
    if rating.withdrawn_at is None:
        found = flags(_rating_to_flag(rating), _clinic_norm(rating))
        Flag.objects.bulk_create(
            Flag(rating=rating, kind=kind, strength=strength) for kind, strength in found.items()
        )


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


def _rating_to_flag(rating: AllianceRating) -> RatingToFlag:
    response = rating.response
    earlier = AllianceRating.objects.not_withdrawn().filter(
        session__episode=rating.session.episode_id,
        session__number__lt=rating.session.number,
        instrument__code=rating.instrument.code,
        total__isnull=False,
    )
    totals = earlier.order_by("session__number").values_list("total", flat=True)
    return RatingToFlag(
        code=rating.instrument.code,
        total=rating.total,
        earlier=[total for total in totals if total is not None],
        low_item=response is not None and has_low_item(rating.instrument.definition, response.answers),
        not_yet=response is not None and response.bond == Response.Bond.NOT_YET,
        wants_to_talk=response is not None and response.wants_to_talk,
    )


def _clinic_norm(rating: AllianceRating) -> ClinicNorm:
    """From others who agree to figures about the service."""
    agreed = Consent.objects.in_force(Purpose.STATISTICS).values("client")
    others = AllianceRating.objects.in_clinic(rating.clinic).not_withdrawn().exclude(pk=rating.pk)
    alike = others.filter(instrument__code=rating.instrument.code, session__episode__client__in=agreed)
    same = Q(session__number=rating.session.number, total__isnull=False)
    found = alike.aggregate(
        count=Count("pk", filter=same),
        twentieth=_TwentiethPercentile("total", filter=same),
        sd=StdDev("total", sample=True),
    )
    return ClinicNorm(**found)
