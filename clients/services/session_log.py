"""The log of sessions: added by hand or from a calendar, and removed where one was logged by mistake."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, TextChoices
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import User
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Episode, Session


class NotLoggedError(Exception):
    """The log stays as it is; `why` says so in words for whoever tried."""

    class Why(TextChoices):
        TO_COME = "to_come", _("This day is still to come. Log a session once it has taken place.")
        TOO_EARLY = "too_early", _("Your work together began after this day. Look at the date again.")
        LOGGED = "logged", _("A session on this day is logged already.")
        ANSWERED = "answered", _("A later session has been asked about, so its number has to stay as it is.")
        OVER = "over", _("This work together has ended, so nothing more is logged.")
        ASKED = "asked", _("The client was asked about this session, so it has to stay.")
        IMPORTED = "imported", _("This session came from a file, so it is changed there.")

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = self.Why(why)


class CalendarSession(NamedTuple):
    """A session as a calendar knows it."""

    episode: Episode
    held_on: date
    ends_at: datetime | None


@transaction.atomic
def session_log(*, episode: Episode, held_on: date, by: User, ends_at: datetime | None = None) -> Session:
    """Log a session of an open episode; the number follows the dates. Raises NotLoggedError."""
    locked = _locked_episode(episode)
    if why := _log_refusal(locked, held_on):
        raise NotLoggedError(why)
    session = Session.objects.create(
        clinic_id=locked.clinic_id,
        episode=locked,
        code=f"logged-{get_random_string(12).lower()}",
        number=_free_number(locked, held_on),
        held_on=held_on,
        ends_at=ends_at,
        logged_by=by,
    )
    event_record(by=by, verb="session_log", of=session, clinic_id=session.clinic_id)
    return session


@transaction.atomic
def sessions_log(*, sessions: Iterable[CalendarSession], by: User) -> int:
    """Log the sessions of a calendar, oldest first, but for those in the log already; returns how many."""
    logged = 0
    for one in sorted(sessions, key=lambda one: one.held_on):
        try:
            session_log(episode=one.episode, held_on=one.held_on, ends_at=one.ends_at, by=by)
        except NotLoggedError:
            continue
        logged += 1
    return logged


@transaction.atomic
def session_remove(*, session: Session, by: Actor) -> None:
    """Remove a session logged by mistake, as long as nobody was asked about it. Raises NotLoggedError."""
    episode = _locked_episode(session.episode)
    own = episode.sessions.select_for_update().filter(pk=session.pk)
    if own.filter(logged_by__isnull=True).exists():
        raise NotLoggedError("imported")
    if episode.sessions.invited_or_answered().filter(pk=session.pk).exists():
        raise NotLoggedError("asked")
    if own.delete()[0]:
        event_record(by=by, verb="session_remove", of=session, clinic_id=session.clinic_id)
    later = _consecutive_sessions(episode, session.number + 1)
    for one in later[: _first_answered(episode, later)]:
        Session.objects.filter(pk=one.pk).update(number=F("number") - 1)


def number_by_date(numbered: Sequence[tuple[int, date | None]], held_on: date) -> int:
    """The number of a session held on a day, among others with theirs; a gap in the numbers is used."""
    earlier = [number for number, day in numbered if day is not None and day <= held_on]
    later = [number for number, day in numbered if day is not None and day > held_on]
    if not later:
        return max((number for number, _day in numbered), default=0) + 1
    return max(earlier) + 1 if earlier else max(min(later) - 1, 1)


def _locked_episode(episode: Episode) -> Episode:
    """Two taps on the same button come one after the other."""
    locked = Episode.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("client__clinic", "client__user").get(pk=episode.pk)


def _log_refusal(episode: Episode, held_on: date) -> str:
    today = timezone.localdate(timezone=episode.client.clinic.zone)
    return (
        (episode.ended_on is not None and "over")
        or (held_on > today and "to_come")
        or (episode.started_on is not None and held_on < episode.started_on and "too_early")
        or (episode.sessions.filter(held_on=held_on).exists() and "logged")
        or ""
    )


def _free_number(episode: Episode, held_on: date) -> int:
    """The number for a new session. Later ones move up, but never one about which there is an answer."""
    number = number_by_date(list(episode.sessions.values_list("number", "held_on")), held_on)
    moving = _consecutive_sessions(episode, number)
    if _first_answered(episode, moving) is not None:
        raise NotLoggedError("answered")
    for one in reversed(moving):
        Session.objects.filter(pk=one.pk).update(number=F("number") + 1)
    return number


def _consecutive_sessions(episode: Episode, number: int) -> list[Session]:
    """The sessions numbered from here on without a gap; nobody answers about them meanwhile."""
    later = episode.sessions.select_for_update(no_key=True).filter(number__gte=number).order_by("number")
    return [one for k, one in enumerate(later) if one.number == number + k]


def _first_answered(episode: Episode, sessions: Sequence[Session]) -> int | None:
    """The index of the first of these sessions about which there is an answer."""
    answered = set(episode.sessions.answered().values_list("pk", flat=True))
    return next((k for k, one in enumerate(sessions) if one.pk in answered), None)
