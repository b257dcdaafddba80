"""The public page as values: what counts at a clinic, how much, and what is never used.

Anybody may read it, so it says nothing from which one person's part could be read: counts are rounded down,
dates are those of nightly fits, and the weights are releases (`services.part_importance`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from alliance_match.accounts.models import Clinic
from alliance_match.matching.features import AGREEMENT, CONCERNS, POOLED, TRAIT, feature_set, features_with
from alliance_match.matching.models import AllowedTrait, ModelSnapshot
from alliance_match.matching.services.part_importance import RESPONSES
from alliance_match.vocabulary import NEVER_USED, StyleDimension
from therapists.models import Therapist

ROUNDED_TO = 10


@dataclass(frozen=True)
class Part:
    """One part of the suggestions, and how much it sets between two therapists: half points of 0–100."""

    label: str
    points: float
    low: float
    high: float
    tells: bool


@dataclass(frozen=True)
class PartImportances:
    """What each part counts, and when it was measured."""

    parts: Sequence[Part]
    measured_at: datetime


@dataclass(frozen=True)
class ForecastGain:
    """What matching adds to forecasts of ratings held out, in hundredths of what makes these differ."""

    ratings: int
    points: int
    low: int
    high: int


@dataclass(frozen=True)
class LastFit:
    """What the last full fit says of the predictions here; `rated` is rounded down to tens."""

    verdict: str
    rated: int
    fitted_at: datetime
    gain: ForecastGain | None


@dataclass(frozen=True)
class Explanation:
    """Everything the page shows. Without a clinic it explains what all have in common.

    `listed`: whether there are two therapists to choose from. traits: by side, those in use here.
    """

    styles: Sequence[str]
    concerns: bool
    traits: Mapping[str, Sequence[str]]
    never: Sequence[str]
    clinic: Clinic | None = None
    last_fit: LastFit | None = None
    part_importance: PartImportances | None = None
    choice: bool = True


def explanation(clinic: Clinic | None) -> Explanation:
    """Read what is in force; four queries at most, and never an estimator."""
    if clinic is None:
        return Explanation(**_used_in_words(asdict(features_with())))
    snapshots = ModelSnapshot.objects.in_clinic(clinic).without_state()
    fit, released = snapshots.newest_fit(), snapshots.with_part_importance()
    uses = fit.uses if fit else asdict(feature_set(clinic))
    return Explanation(
        **_used_in_words(uses),
        clinic=clinic,
        last_fit=last_fit(fit) if fit else None,
        part_importance=part_importance(released, uses) if released else None,
        choice=Therapist.objects.in_clinic(clinic).listed()[:2].count() > 1,
    )


def _used_in_words(uses: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "styles": [
            one.label for one, name in zip(StyleDimension, AGREEMENT, strict=True) if name in uses["match"]
        ],
        "concerns": CONCERNS in uses["match"],
        "traits": {
            side: [trait_name(name) for name in uses[side] if name.startswith(TRAIT)]
            for side in AllowedTrait.Side.values
        },
        "never": list(NEVER_USED),
    }


def trait_name(feature: str) -> str:
    """A trait as a person would write it."""
    return feature.removeprefix(TRAIT).replace("_", " ")


def last_fit(fit: ModelSnapshot) -> LastFit:
    """The verdict of a fit, and what it rests on."""
    return LastFit(
        verdict=fit.verdict,
        rated=rounded_down(fit.rated),
        fitted_at=fit.created_at,
        gain=forecast_gain(fit.evaluation) if fit.evaluation else None,
    )


def forecast_gain(evaluation: Mapping[str, Any]) -> ForecastGain:
    """The R² that match features and responses add, with its interval, as people may read it."""
    found = evaluation["match_gain"]
    points, low, high = (max(round(100 * found[name]), 0) for name in ("estimate", "low", "high"))
    return ForecastGain(rounded_down(evaluation["ratings"]), points, low, high)


def rounded_down(count: int) -> int:
    """A count from which nobody can be recognised."""
    return count - count % ROUNDED_TO


def part_importance(released: ModelSnapshot, uses: Mapping[str, Any]) -> PartImportances | None:
    """The importances in force, of parts that are in use still; None where they were taken back."""
    known = part_labels(uses)
    measured = released.part_importance["parts"]
    if not measured:
        return None
    parts = [Part(label, **measured[name]) for name, label in known.items() if name in measured]
    return PartImportances(parts, released.created_at)


def part_labels(uses: Mapping[str, Any]) -> dict[str, str]:
    """What the parts are called, in the order of the page."""
    styles = zip(AGREEMENT, StyleDimension, strict=True)
    return {
        POOLED: _("How you like to work and how they work, taken together"),
        **{name: _("%(style)s, beyond that") % {"style": capfirst(one.label)} for name, one in styles},
        CONCERNS: _("What brings you and what they work with"),
        "therapist": _("How easily bonds form with a therapist in general"),
        RESPONSES: _("With which clients a therapist’s bonds form more easily"),
        **{
            name: _("%(trait)s, a number about you") % {"trait": capfirst(trait_name(name))}
            for name in uses["client"]
            if name.startswith(TRAIT)
        },
    }
