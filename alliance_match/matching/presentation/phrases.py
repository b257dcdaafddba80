"""What a client reads: a band instead of a number, evidence, and reasons in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import erf, sqrt

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance_match.matching.features import CONCERNS
from alliance_match.matching.models import Match
from alliance_match.matching.models.match_list import A_FEW
from alliance_match.matching.parts import THERAPIST
from alliance_match.vocabulary import Concern, StyleDimension
from clients.models import Client, StylePreference
from therapists.models import PractisedStyle, Therapist

SURE, LIKELY = 0.9, 0.7
# A part smaller than this, in points, is no reason for or against anybody.
LARGE_ENOUGH = 0.5

# What a client likes and what a therapist does, below and above the middle of each dimension.
LIKES = {
    # Translators: all eight stand in "You …; Mara …" and in "Clients who, like you, … formed a bond …".
    StyleDimension.STRUCTURE: (
        gettext_lazy("like to find the way as you go"),
        gettext_lazy("want structure"),
    ),
    StyleDimension.FEELINGS: (
        gettext_lazy("want to keep to thoughts and facts"),
        gettext_lazy("like to go into strong feelings"),
    ),
    StyleDimension.TIME: (
        gettext_lazy("want to look at the past"),
        gettext_lazy("want to look at the present and future"),
    ),
    StyleDimension.WARMTH: (gettext_lazy("want to be challenged"), gettext_lazy("want gentleness")),
}
DOES = {
    # Translators: after the name of a therapist, and alone in a list; all eight.
    StyleDimension.STRUCTURE: (
        gettext_lazy("follows where you lead"),
        gettext_lazy("works with a clear plan"),
    ),
    StyleDimension.FEELINGS: (
        gettext_lazy("tends to stay with thoughts"),
        gettext_lazy("goes into feelings"),
    ),
    StyleDimension.TIME: (
        gettext_lazy("often works with childhood"),
        gettext_lazy("stays with present and future"),
    ),
    StyleDimension.WARMTH: (gettext_lazy("tends to challenge"), gettext_lazy("tends to be gentle")),
}
MIDDLE = gettext_lazy("works somewhere in the middle")
BANDS = {
    2: gettext_lazy("More likely than with most here"),
    1: gettext_lazy("Probably more likely than average"),
    0: gettext_lazy("About as likely as with anyone here"),
    -1: gettext_lazy("Probably less likely than average"),
    -2: gettext_lazy("Less likely than with most here"),
}


@dataclass(frozen=True)
class Reason:
    """One part of a difference, in points, and what it means."""

    points: float
    words: str


def ways_of_working(therapist: Therapist) -> list[str]:
    """How a therapist works by their own word; the middle of a dimension says nothing."""
    return [
        str(DOES[StyleDimension(one.dimension)][one.position > 0])
        for one in therapist.styles.all()
        if one.position
    ]


def bond_level(match: Match) -> int:
    """How likely a strong bond is, against this client's average here: from −2, less, to 2, more."""
    surely = (1 + erf(match.difference / match.difference_sd / sqrt(2))) / 2 if match.difference_sd else 0.5
    above = (surely >= LIKELY) + (surely >= SURE)
    return above - (surely <= 1 - LIKELY) - (surely <= 1 - SURE)


def band_in_words(match: Match) -> str:
    """The level in words; never a number."""
    return str(BANDS[bond_level(match)])


def evidence_in_words(match: Match) -> str:
    """How much stands behind the band."""
    if not match.rated:
        return _("New here: mostly an estimate from the profile")
    if match.rated <= A_FEW:
        return _("A few clients rated a third session · wide range")
    return _("About %(n)s clients rated a third session") % {"n": grouped(match.rated)}


def grouped(count: int) -> str:
    """A whole number as people write it: 1,040; in German 1.040."""
    return number_format(count, 0, force_grouping=True)


def reasons(match: Match, client: Client) -> list[Reason]:
    """Every part of the difference that says something, in words, the largest first.

    What a therapist is like with everybody is never said against them: that would be a public rating.
    """
    wanted = {one.dimension: one for one in client.style_preferences.all()}
    practised = {one.dimension: one for one in match.therapist.styles.all()}
    found = [
        Reason(points, reason_words(name, points, match, client, wanted.get(name), practised.get(name)))
        for name, points in match.parts.items()
        if abs(points) >= LARGE_ENOUGH and (name, points < 0) != (THERAPIST, True)
    ]
    return sorted(found, key=lambda reason: -abs(reason.points))


def reason_words(  # noqa: PLR0917
    name: str,
    points: float,
    match: Match,
    client: Client,
    wanted: StylePreference | None,
    practised: PractisedStyle | None,
) -> str:
    """One part in words."""
    therapist = match.therapist
    if name == THERAPIST:
        return _general_words(match)
    if name == CONCERNS:
        return _concern_words(points, client, therapist)
    if wanted is None or name not in StyleDimension.values:
        return _("Your answers and what is known of %(name)s") % {"name": therapist.called}
    return _style_words(StyleDimension(name), points, wanted, practised, therapist.called)


def _general_words(match: Match) -> str:
    name = {"name": match.therapist.called}
    if not match.rated:
        return _("What the profile alone tells about %(name)s") % name
    return _("Bonds with %(name)s tend to form early, with clients of many kinds") % name


def _concern_words(points: float, client: Client, therapist: Therapist) -> str:
    intake = getattr(client, "intake", None)
    shared = set(intake.concerns if intake else []) & set(therapist.concerns)
    if not shared:
        return _("Works less with what brings you") if points < 0 else _("What brings you is new here")
    text = (
        _("Works with %(concern)s, one of your concerns")
        if points > 0
        else _("Shares your concern %(concern)s, which here did not go with stronger bonds so far")
    )
    return text % {"concern": Concern(min(shared)).label}


def _style_words(
    dimension: StyleDimension,
    points: float,
    wanted: StylePreference,
    practised: PractisedStyle | None,
    name: str,
) -> str:
    likes = LIKES[dimension][wanted.position > 0]
    if practised is not None and (points > 0) == _is_within_reach(wanted, practised):
        does = DOES[dimension][practised.position > 0] if practised.position else MIDDLE
        return _("You %(likes)s; %(name)s %(does)s") % {"likes": likes, "name": name, "does": does}
    if points > 0:
        text = _("Clients who, like you, %(likes)s formed a bond with %(name)s faster")
    else:
        text = _("Clients who, like you, %(likes)s took longer with %(name)s")
    return text % {"likes": likes, "name": name}


def _is_within_reach(wanted: StylePreference, practised: PractisedStyle) -> bool:
    return abs(wanted.position - practised.position) <= practised.reach


def indistinguishable_in_words(groups: Mapping[int, list[str]]) -> list[str]:
    """One sentence for each group of therapists (by first name) that cannot be told apart."""
    return [
        _("%(names)s and %(last)s cannot be told apart with what we know.")
        % {"names": ", ".join(names[:-1]), "last": names[-1]}
        for names in groups.values()
        if len(names) > 1
    ]
