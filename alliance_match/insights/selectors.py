"""What a therapist reads about their own alliance, from frozen releases alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance_match.insights.contributors import clients_at_session_three
from alliance_match.insights.models import Release
from alliance_match.insights.rounding import FIRST, NEW, Share
from alliance_match.vocabulary import StyleDimension
from therapists.models import Therapist

LABELS = {
    StyleDimension.STRUCTURE: gettext_lazy("wants structure"),
    StyleDimension.FEELINGS: gettext_lazy("wants to go into feelings"),
    StyleDimension.TIME: gettext_lazy("wants present and future"),
    StyleDimension.WARMTH: gettext_lazy("wants gentleness"),
}
# Where bonds form faster at the lower and at the upper end of a dimension.
FASTER = {
    StyleDimension.STRUCTURE: (
        gettext_lazy("Clients who like to find the way as they go formed a bond with you faster."),
        gettext_lazy("Clients who want structure formed a bond with you faster."),
    ),
    StyleDimension.FEELINGS: (
        gettext_lazy("Clients who keep to thoughts and facts formed a bond with you faster."),
        gettext_lazy("Clients who want to go into feelings formed a bond with you faster."),
    ),
    StyleDimension.TIME: (
        gettext_lazy("Clients who want to look at the past formed a bond with you faster."),
        gettext_lazy("Clients who want to look at the present and future formed a bond with you faster."),
    ),
    StyleDimension.WARMTH: (
        gettext_lazy("Clients who want to be challenged formed a bond with you faster."),
        gettext_lazy("Clients who want gentleness formed a bond with you faster."),
    ),
}


@dataclass(frozen=True)
class TrendPoint:
    """One release in the trend, in tenths."""

    label: str
    value: int
    low: int
    high: int


@dataclass(frozen=True)
class PreferenceRow:
    """The answer to one preference, in points for two steps of it, and what it says."""

    label: str
    mean: float
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class ReleaseSummary:
    """When the release in force was made, and from how many clients at least."""

    released_at: datetime
    clients: int
    next_after: int = NEW


@dataclass(frozen=True)
class OwnAlliance:
    """The page; before the first release only `needed` says something."""

    release: ReleaseSummary | None = None
    needed: str = ""
    established: Share | None = None
    trend: Sequence[TrendPoint] = ()
    fit_profile: Sequence[PreferenceRow] = ()
    answered: int | None = None
    left_early: str = ""


def own_alliance(therapist: Therapist) -> OwnAlliance:
    """One therapist's newest release, and the earlier ones as a trend."""
    releases = list(Release.objects.in_clinic(therapist.clinic).of(therapist))
    if not releases:
        return OwnAlliance(needed=clients_needed(clients_at_session_three(therapist.pk)))
    newest = releases[-1]
    return OwnAlliance(
        release=ReleaseSummary(newest.released_at, newest.clients),
        established=Share(**newest.figures["established"]),
        trend=[trend_point(release) for release in releases],
        fit_profile=[preference_row(**answer) for answer in newest.figures["fit_profile"]],
        answered=newest.figures["answered"],
        left_early=at_least_in_words(newest.figures["left_early"]),
    )


def clients_needed(clients: int) -> str:
    """How far the first release is, from the caseload alone: who has rated stays with the clients."""
    missing = FIRST - clients
    if missing > NEW:
        return _("about ten more clients")
    return _("about five more clients") if missing > 2 else _("a few more clients")


def trend_point(release: Release) -> TrendPoint:
    """A release as a dot with its interval."""
    share = Share(**release.figures["established"])
    label = date_format(release.released_at, "YEAR_MONTH_FORMAT")
    return TrendPoint(label, share.share, share.low, share.high)


def preference_row(dimension: str, low: float, mean: float, high: float) -> PreferenceRow:
    """An answer with its words; an interval that reaches zero says nothing yet."""
    of = StyleDimension(dimension)
    below, above = FASTER[of]
    words = above if low > 0 else below if high < 0 else _("cannot be told yet")
    return PreferenceRow(str(LABELS[of]), mean, low, high, str(words))


def at_least_in_words(rounded: int) -> str:
    """A number that was rounded down to five."""
    return _("%(n)d or a few more") % {"n": rounded} if rounded else _("fewer than 5")
