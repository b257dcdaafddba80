"""What changed among a client's first suggestions since the visit before."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from alliance_match.matching.models import Match
from alliance_match.matching.presentation import phrases
from clients.models import Look
from clients.models.last_visit import Seen


def seen(matches: Sequence[Match]) -> Seen:
    """These suggestions, as they are remembered."""
    return {str(match.therapist_id): (match.therapist.name, phrases.level(match)) for match in matches}


def changes(look: Look | None, matches: Sequence[Match]) -> list[str]:
    """In one sentence each; none where the client was not here before."""
    if look is None or look.before_at is None:
        return []
    return [*_of_those_here(look.before, matches), *_of_those_gone(look.before, seen(matches))]


def _of_those_here(before: Seen, matches: Sequence[Match]) -> Iterator[str]:
    for match in matches:
        told = {"name": match.therapist.name, "band": phrases.band(match)}
        if str(match.therapist_id) not in before:
            yield _("%(name)s is new here: %(band)s.") % told
        elif before[str(match.therapist_id)][1] != phrases.level(match):
            yield _("%(name)s was estimated otherwise; now: %(band)s.") % told


def _of_those_gone(before: Seen, now: Seen) -> Iterator[str]:
    for key in before.keys() - now.keys():
        yield _("%(name)s is not among the first suggestions any more.") % {"name": before[key][0]}
