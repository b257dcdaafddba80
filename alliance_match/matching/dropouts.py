"""Pairs that ended before they could be rated, and the alliance reported after first sessions."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef

from alliance_match.accounts.models import Clinic
from clients.models import Consent, Episode, Purpose, Session
from surveys.models import AllianceRating
from surveys.models.rating import THIRD


class EpisodePair(NamedTuple):
    """An episode of care, its client and its therapist."""

    episode_id: int
    client_id: int
    therapist_id: int


def dropout_pairs(clinic: Clinic) -> list[EpisodePair]:
    """Episodes that ended after a session or two without a rating, of clients who agree to being counted.

    One that goes on may still be rated, one with a third session has not left, and one whose rating was
    taken back was rated: these are none of them.
    """
    agreed = Consent.objects.in_force(Purpose.MATCHING).filter(client=OuterRef("client"))
    sessions = Session.objects.filter(episode=OuterRef("pk"))
    rated = AllianceRating.objects.in_window().filter(session__episode=OuterRef("pk"))
    ended = Episode.objects.in_clinic(clinic).filter(
        Exists(agreed),
        Exists(sessions),
        ~Exists(sessions.filter(number__gte=THIRD)),
        ~Exists(rated),
        ended_on__isnull=False,
    )
    return [
        EpisodePair(*keys) for keys in ended.order_by("pk").values_list("pk", "client_id", "therapist_id")
    ]


def first_session_alliances(clinic: Clinic) -> dict[int, float]:
    """What was reported after first sessions, by episode; of several instruments the one answered first."""
    ratings = AllianceRating.objects.in_clinic(clinic).not_withdrawn()
    first = ratings.filter(session__number=1)
    rows = first.order_by("-pk").values_list("session__episode", "total")
    return {episode: total for episode, total in rows if total is not None}


def episode_by_rating(clinic: Clinic) -> dict[int, int]:
    """The episode of every rating."""
    return dict(AllianceRating.objects.in_clinic(clinic).values_list("pk", "session__episode"))
