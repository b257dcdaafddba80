"""Reads about answers for pages."""

from clients.models import Session
from surveys.models import AllianceRating, Flag, Recheck, Response

UNSURE = (Response.Bond.FORMING, Response.Bond.NOT_YET)


def fork_opens(session: Session) -> bool:
    """Whether a check-in leads on to the question if this is the right person.

    It does about session three (the one that is counted), after one more session was given, where the client
    is unsure, and where the answers were flagged.
    """
    counted = AllianceRating.objects.standing().filter(session__episode=session.episode_id).session_three()
    return (
        any(rating.session_id == session.pk for rating in counted)
        or Response.objects.filter(session=session, bond__in=UNSURE).exists()
        or Flag.objects.filter(rating__session=session, rating__withdrawn_at__isnull=True).exists()
        or Recheck.objects.filter(episode=session.episode_id, number=session.number).exists()
    )
