"""Reads about sessions and check-ins for pages."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from alliance_match.accounts.models import Clinic, Membership, Role
from alliance_match.accounts.prepared_rows import Given, PreparedRows
from alliance_match.accounts.roles import RoleRequest
from clients.models import Consent, Purpose, Session
from clients.models.session import SessionQuerySet
from surveys.models import AllianceRating, Flag, Recheck, Response

Reader = Response.Reader
RECENT = timedelta(days=90)
ENOUGH = 10
CHECK_IN_COLUMNS = (
    *("clinic", "number", "held_on", "episode__clinic", "episode__client__clinic", "episode__client__user"),
    *("episode__therapist__name", "episode__therapist__user"),
)
UNSURE = (Response.Bond.FORMING, Response.Bond.NOT_YET)


def own_sessions(request: RoleRequest) -> SessionQuerySet:
    """Sessions of the client who asks, in the clinic they speak for."""
    own = Session.objects.in_clinic(request.membership.clinic).with_pair()
    return own.select_related("episode__client__clinic", "episode__client__user").filter(
        episode__client__user=request.user
    )


@PreparedRows
def own_sessions_to_check_in() -> SessionQuerySet:
    """One `session` of a `user`'s own in a `clinic`, `with_check_in`: every check-in that is sent asks."""
    own = Session.objects.in_clinic(Given("clinic")).filter(episode__client__user=Given("user"))
    return with_check_in(own.filter(pk=Given("session")))


def with_check_in(sessions: SessionQuerySet) -> SessionQuerySet:
    """Sessions with what their check-in has to know, and nothing else of client and therapist: whether it was
    answered, and who could read it."""
    return sessions.with_pair().only(*CHECK_IN_COLUMNS).annotate(**_check_in_facts())


def _check_in_facts() -> dict[str, Exists]:
    agreed = Consent.objects.in_force(Purpose.SHARE).filter(client=OuterRef("episode__client"))
    admins = Membership.objects.filter(clinic=OuterRef("episode__client__clinic"), role=Role.ADMIN)
    return {
        "is_answered": Exists(Response.objects.filter(session=OuterRef("pk"))),
        "agrees_to_share": Exists(agreed),
        "clinic_reads": Exists(admins),
    }


def readers_for(session: Session) -> Collection[Reader]:
    """Whom a comment after a session may be addressed to: only whoever has a page on which to read it.

    No query for a session that was read `with_check_in`, else one.
    """
    known: Any = session
    if not hasattr(session, "clinic_reads"):
        known = with_check_in(Session.objects.filter(pk=session.pk)).get()
    readers = {Reader.NOBODY}
    if session.episode.therapist.user_id and known.agrees_to_share:
        readers.add(Reader.THERAPIST)
    if known.clinic_reads:
        readers.add(Reader.CLINIC)
    return readers


def shared_last_check_in(session: Session) -> bool:
    """Whether the client shared their last check-in with the same therapist."""
    before = Response.objects.filter(session__episode=session.episode_id).order_by("-submitted_at")
    return before.values_list("shared_with_therapist", flat=True).first() or False


def careless_of_ten(clinic: Clinic) -> int | None:
    """Of ten check-ins of the last three months, how many look as if nobody had read the questions.

    None below ten clients.
    """
    recent = Response.objects.in_clinic(clinic).filter(submitted_at__gt=timezone.now() - RECENT)
    found = recent.aggregate(
        clients=Count("session__episode__client", distinct=True),
        answers=Count("pk"),
        marked=Count("pk", filter=Q(hasty=True) | Q(straight_lined=True)),
    )
    enough = found["clients"] >= ENOUGH
    of_ten: int = round(found["marked"] * 10 / max(found["answers"], 1))
    return of_ten if enough else None


def bond_options_due(session: Session) -> bool:
    """Whether a check-in leads on to the question if this is the right person.

    It does about session three (the one that is counted), after one more session was given, where the client
    is unsure, and where the answers were flagged.
    """
    counted = (
        AllianceRating.objects.not_withdrawn().filter(session__episode=session.episode_id).session_three()
    )
    return (
        any(rating.session_id == session.pk for rating in counted)
        or Response.objects.filter(session=session, bond__in=UNSURE).exists()
        or Flag.objects.filter(rating__session=session, rating__withdrawn_at__isnull=True).exists()
        or Recheck.objects.filter(episode=session.episode_id, number=session.number).exists()
    )
