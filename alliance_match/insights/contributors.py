"""Who counts: clients who agreed to figures about the service, and what they said by session three."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from alliance_match.accounts.models import Clinic
from alliance_match.insights.models import Release
from clients.models import Consent, Episode, Purpose, Session
from surveys.models import AllianceRating, Response
from surveys.models.rating import THIRD

ENOUGH = 70


@dataclass(frozen=True)
class ClientOutcome:
    """One client of one therapist, and whether their bond was established by session three."""

    client_id: int
    established: bool


@dataclass(frozen=True)
class EpisodeCounts:
    """Episodes of one therapist: how many reached session three, how many of these have a rating, and how
    many ended before."""

    reached: int = 0
    answered: int = 0
    left_early: int = 0


def agrees_to_statistics(client: str) -> Exists:
    """Whether the client at this path agrees, now, to figures about the service."""
    return Exists(Consent.objects.in_force(Purpose.STATISTICS).filter(client=OuterRef(client)))


def outcomes_by_therapist(clinic: Clinic) -> dict[int, list[ClientOutcome]]:
    """Each therapist's distinct clients with a session-three rating; of several episodes the last counts."""
    ratings = AllianceRating.objects.in_clinic(clinic).filter(
        agrees_to_statistics("session__episode__client")
    )
    episode = "session__episode"
    rows = ratings.not_withdrawn().session_three().select_related(episode, "response")
    last: dict[int, dict[int, AllianceRating]] = defaultdict(dict)
    for rating in sorted(rows, key=lambda one: one.session.episode.number):
        last[rating.session.episode.therapist_id][rating.session.episode.client_id] = rating
    return {
        therapist: [ClientOutcome(client, is_established(rating)) for client, rating in said.items()]
        for therapist, said in last.items()
    }


def is_established(rating: AllianceRating) -> bool:
    """Whether the bond is there: the client's own word where they were asked, else 70 points or more.

    A working definition: no alliance measure has a validated cut-off, and 70 is ours. The points are those
    of the bond facet, or of the total where an instrument or an import has no facets.
    """
    response = rating.response
    if response is not None and response.bond:
        return response.bond == Response.Bond.YES
    score = rating.total if rating.bond is None else rating.bond
    return score is not None and score >= ENOUGH


def contributors_by_therapist(clinic: Clinic) -> dict[int, set[int]]:
    """The clients in any release so far, by therapist; a therapist without a release is not in it."""
    rows = Release.objects.in_clinic(clinic).values_list("therapist_id", "contributors")
    found: dict[int, set[int]] = defaultdict(set)
    for therapist, client in rows:
        found[therapist] |= {client} - {None}
    return dict(found)


def episode_counts(clinic: Clinic) -> dict[int, EpisodeCounts]:
    """What became of the episodes of clients who agreed, by therapist."""
    reached = Exists(Session.objects.filter(episode=OuterRef("pk"), number__gte=THIRD))
    ratings = AllianceRating.objects.not_withdrawn().in_window()
    rated = Exists(ratings.filter(session__episode=OuterRef("pk")))
    episodes = Episode.objects.in_clinic(clinic).filter(agrees_to_statistics("client"))
    counts = (
        episodes.order_by()
        .values_list("therapist_id")
        .annotate(
            reached_three=Count("pk", filter=Q(reached)),
            answered=Count("pk", filter=Q(reached) & Q(rated)),
            left_early=Count("pk", filter=~Q(reached) & Q(ended_on__isnull=False)),
        )
    )
    return {therapist: EpisodeCounts(*figures) for therapist, *figures in counts}


def ratings_to_release(clinic: Clinic) -> set[int]:
    """The ratings that both suggestions and figures may use."""
    ratings = AllianceRating.objects.in_clinic(clinic).filter(
        agrees_to_statistics("session__episode__client")
    )
    return set(ratings.for_training().values_list("pk", flat=True))


def clients_at_session_three(therapist_id: int) -> int:
    """With how many clients a therapist had three sessions: nothing the therapist does not know."""
    held: Iterable[int] = Episode.objects.filter(
        therapist=therapist_id, sessions__number__gte=THIRD
    ).values_list("client", flat=True)
    return len(set(held))
