"""What changed among a client's first suggestions since the visit before."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from alliance_match.matching.models import Match
from alliance_match.matching.presentation import phrases
from clients.models import LastVisit
from clients.models.last_visit import SeenSuggestions


def suggestions_seen(matches: Sequence[Match]) -> SeenSuggestions:
    """These suggestions, as they are remembered."""
    return {str(match.therapist.pk): (match.therapist.name, phrases.bond_level(match)) for match in matches}


def changes_in_words(last_visit: LastVisit | None, matches: Sequence[Match]) -> list[str]:
    """In one sentence each; none where the client was not here before."""
    if last_visit is None or last_visit.previous_at is None:
        return []
    previous = last_visit.previous
    return [
        *_changes_of_those_here(previous, matches),
        *_changes_of_those_gone(previous, suggestions_seen(matches)),
    ]


def _changes_of_those_here(before: SeenSuggestions, matches: Sequence[Match]) -> Iterator[str]:
    for match in matches:
        values = {"name": match.therapist.name, "band": phrases.band_in_words(match)}
        if str(match.therapist.pk) not in before:
            yield _("%(name)s is new here: %(band)s.") % values
        elif before[str(match.therapist.pk)][1] != phrases.bond_level(match):
            yield _("%(name)s was estimated otherwise; now: %(band)s.") % values


def _changes_of_those_gone(before: SeenSuggestions, now: SeenSuggestions) -> Iterator[str]:
    for key in before.keys() - now.keys():
        yield _("%(name)s is not among the first suggestions any more.") % {"name": before[key][0]}
