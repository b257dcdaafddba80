"""Answers and the ratings they become."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, TextChoices
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.prepared_rows import Given, PreparedRows
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Session
from surveys.carefulness import is_hasty, is_straight_lined
from surveys.models import AllianceRating, Instrument, Response
from surveys.scoring import Answers, Scores, score
from surveys.services.flags import earlier_totals, flags_add, flags_renew
from surveys.services.rechecks import recheck_complete, with_recheck


class CheckInClosedError(Exception):
    """This session takes no answer, or no other one, any more; `why` says so in words for the client."""

    class Why(TextChoices):
        TO_COME = "to_come", _("This session is still to come. You can answer once it has taken place.")
        ELSEWHERE = "elsewhere", _("Your rating of this session has reached us in another way.")
        LOCKED = "locked", _("Your first answer is more than a day old, so it stays as it is.")
        WITHDRAWN = "withdrawn", _("You took this answer back. Nothing more is asked about this session.")
        GONE = "gone", _("This session is no longer in the clinic’s log.")

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = self.Why(why)


def response_to(session: Session) -> Response | None:
    """What the client answered about a session, whichever instrument was asked then."""
    return session.responses.select_related("instrument", "alliance_rating").first()


def check_in_refusal(session: Session, stored: Response | None) -> CheckInClosedError.Why | None:
    """Why a session takes no answer now; None where it does. Two queries at most."""
    return _refusal(session, stored, session.alliance_ratings.exists)


def _refusal(
    session: Session, stored: Response | None, is_rated: Callable[[], bool]
) -> CheckInClosedError.Why | None:
    today = timezone.localdate(timezone=session.episode.client.clinic.zone)
    if session.held_on is not None and session.held_on > today:
        return CheckInClosedError.Why.TO_COME
    if stored is None:
        return CheckInClosedError.Why.ELSEWHERE if is_rated() else None
    if stored.alliance_rating.withdrawn_at is not None:
        return CheckInClosedError.Why.WITHDRAWN
    return None if stored.is_editable else CheckInClosedError.Why.LOCKED


@transaction.atomic
def check_in_submit(
    *,
    session: Session,
    instrument: Instrument,
    answers: Answers,
    extras: Mapping[str, Any],
    by: Actor,
    seconds: float | None = None,
) -> Response:
    """Store a client's answers about a session and the rating they make, in one transaction.

    The same posted again returns the stored response; something else within a day takes its place. `seconds`
    is how long the form lay open. Raises CheckInClosedError where it takes no answer now, ValueError for
    answers the instrument does not have.
    """
    scores = score(instrument.definition, answers)
    found: Any = next(iter(_locked_sessions(session=session.pk)), None)
    if found is None:
        raise CheckInClosedError("gone")
    if found.episode_id == session.episode_id:
        found.episode = session.episode  # whose clinic was read with it
    so_far = _ratings_so_far(episode=found.episode_id, number=found.number)
    here = [rating for rating in so_far if rating.session_id == found.pk]
    stored = next((rating.response for rating in here if rating.response_id), None)
    given = {"answers": dict(answers), **extras}
    if stored and all(getattr(stored, name) == value for name, value in given.items()):
        return stored
    if why := _refusal(found, stored, lambda: bool(here)):
        raise CheckInClosedError(why)
    given["straight_lined"] = is_straight_lined(instrument.definition, answers)
    if stored is None:
        given["hasty"] = is_hasty(seconds)
        response = _response_store(found, instrument, given, scores, so_far)
    else:
        response = _response_replace(stored, instrument, given, scores)
    event_record(by=by, verb="check_in_submit", of=response, clinic_id=response.clinic_id)
    return response


@PreparedRows
def _locked_sessions() -> QuerySet[Session]:
    locked = with_recheck(Session.objects.select_for_update(of=("self",), no_key=True))
    return locked.filter(pk=Given("session")).order_by()


@PreparedRows
def _ratings_so_far() -> QuerySet[AllianceRating]:
    """Those of the same care up to a session, in its order."""
    of_care = AllianceRating.objects.filter(
        session__episode=Given("episode"), session__number__lte=Given("number")
    )
    return of_care.order_by("session__number", "pk")


def _response_store(
    session: Any,
    instrument: Instrument,
    given: Mapping[str, Any],
    scores: Scores,
    so_far: Sequence[AllianceRating],
) -> Response:
    about = {"clinic_id": session.clinic_id, "session": session, "instrument": instrument}
    response = Response.objects.create(**about, **given)
    rating = AllianceRating.objects.create(**about, response=response, **_rating_values(scores))
    flags_add(rating=rating, earlier=earlier_totals(rating, so_far))
    if session.awaits_recheck:
        recheck_complete(session=session)
    return response


def _rating_values(scores: Scores) -> Mapping[str, float | None]:
    """What a rating keeps of them."""
    return {name: getattr(scores, name) for name in ("total", "bond", "task", "goal")}


def _response_replace(
    stored: Response, instrument: Instrument, given: Mapping[str, Any], scores: Scores
) -> Response:
    """Let these be the answers; the rating follows, and through it what the estimator is trained on."""
    own = Response.objects.filter(pk=stored.pk, instrument=instrument)
    if not own.editable().update(edited_at=Now(), **given):
        raise CheckInClosedError("locked")
    AllianceRating.objects.filter(response=stored).update(**_rating_values(scores))
    flags_renew(rating=AllianceRating.objects.get(response=stored))
    return Response.objects.get(pk=stored.pk)


@transaction.atomic
def rating_withdraw(*, rating: AllianceRating, by: Actor) -> None:
    """Withdraw a rating: no estimator is trained on it, and nobody else reads what was said with it."""
    AllianceRating.objects.filter(pk=rating.pk, withdrawn_at__isnull=True).update(withdrawn_at=Now())
    Response.objects.filter(alliance_rating=rating.pk).update(
        shared_with_therapist=False, wants_to_talk=False, comment_reader=Response.Reader.NOBODY
    )
    rating.refresh_from_db(fields=["withdrawn_at"])
    flags_renew(rating=rating)
    event_record(by=by, verb="rating_withdraw", of=rating, clinic_id=rating.clinic_id)


@transaction.atomic
def sharing_set(*, response: Response, shared: bool, by: Actor) -> None:
    """Share one answer with the therapist, or no more; one that was withdrawn is shared with nobody."""
    in_force = Response.objects.filter(pk=response.pk, alliance_rating__withdrawn_at__isnull=True)
    if in_force.update(shared_with_therapist=shared):
        event_record(by=by, verb="sharing_set", of=response, clinic_id=response.clinic_id)
