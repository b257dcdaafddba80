"""Answers and the ratings they become."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from clients.models import Session
from surveys.models import AllianceRating, Instrument, Response
from surveys.scoring import Answers, score
from surveys.services.deciding import recheck_done
from surveys.services.flagging import flags_set


class AlreadyAnsweredError(Exception):
    """This session has an answer that differs from the one given now."""


def check_in_submit(
    *, session: Session, instrument: Instrument, answers: Answers, extras: Mapping[str, Any]
) -> Response:
    """Store a client's answers about a session and the rating they make, in one transaction.

    The same posted again returns the stored response. Raises AlreadyAnsweredError where something else is
    stored, ValueError for answers the instrument does not have.
    """
    scores = score(instrument.definition, answers)
    try:
        with transaction.atomic():
            response = Response.objects.create(
                clinic_id=session.clinic_id,
                session=session,
                instrument=instrument,
                answers=dict(answers),
                **extras,
            )
            rating = AllianceRating.objects.create(
                clinic_id=session.clinic_id,
                session=session,
                instrument=instrument,
                response=response,
                total=scores.total,
                bond=scores.bond,
                task=scores.task,
                goal=scores.goal,
            )
            flags_set(rating=rating)
            recheck_done(session=session)
    except IntegrityError:
        return _same_again(session, instrument, {"answers": dict(answers), **extras})
    return response


def _same_again(session: Session, instrument: Instrument, given: Mapping[str, Any]) -> Response:
    stored = Response.objects.filter(session=session, instrument=instrument).first()
    if stored is None or any(getattr(stored, name) != value for name, value in given.items()):
        raise AlreadyAnsweredError
    return stored


@transaction.atomic
def rating_withdraw(*, rating: AllianceRating) -> None:
    """Take a rating back: from now on nothing may learn from it."""
    AllianceRating.objects.filter(pk=rating.pk, withdrawn_at__isnull=True).update(withdrawn_at=Now())
    rating.refresh_from_db(fields=["withdrawn_at"])
    flags_set(rating=rating)
