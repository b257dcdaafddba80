"""What may mean that a bond is weak; pure functions, no database.

No measure of the alliance has a validated cut-off, so a rating is put beside others of its kind first, and
beside a fixed one only where there are few. No flag does not mean that all is well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, stdev
from typing import Any, NamedTuple

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from surveys.definition import Definition, scale_ends_of
from surveys.scoring import Answers

ENOUGH_TO_COMPARE = 50
LOW_SHARE = 0.2
LONG_SCALE, LOW_ON_LONG_SCALE = (0, 10), 2
UNLIKELY = NormalDist().inv_cdf(0.1)


class CutOff(NamedTuple):
    """Where a total on 0–100 is low while there are few to compare with: below it, or at it too."""

    limit: float
    at_it: bool = False


# Alliance Check < 60, WAI-SR < 3.25 of 1–5, SRS ≤ 36 of 40; of another instrument nothing is known.
CUT_OFFS: Mapping[str, CutOff] = {
    "alliance-check": CutOff(60.0),
    "alliance-check-de": CutOff(60.0),
    "wai-sr": CutOff(56.25),
    "srs": CutOff(90.0, at_it=True),
}


class FlagKind(TextChoices):
    """Which rule raised a flag."""

    TALK = "talk", _("would like to talk")
    DROP = "drop", _("fell from the session before")
    LOW = "low", _("low for this session")
    ITEM = "item", _("a low answer")
    NOT_YET = "not_yet", _("not a bond to build on yet")
    UNEXPECTED = "unexpected", _("lower than was predicted")


class FlagStrength(IntegerChoices):
    """How much a flag says; what the client says in so many words says most."""

    CHECK_IN = 1, _("check in")
    RUPTURE = 2, _("rupture likely")
    ASKED = 3, _("asked to talk")


@dataclass(frozen=True)
class ClinicNorm:
    """How others rated by the same instrument: how many after this session, the 20th percentile of those,
    and the spread after any session. None where there are too few."""

    count: int = 0
    twentieth: float | None = None
    sd: float | None = None


@dataclass(frozen=True)
class RatingToFlag:
    """One rating and what was answered with it; `earlier`: this pair's totals before it, oldest first."""

    code: str
    total: float | None
    earlier: Sequence[float] = ()
    low_item: bool = False
    not_yet: bool = False
    wants_to_talk: bool = False


def flags(rated: RatingToFlag, norm: ClinicNorm) -> dict[FlagKind, FlagStrength]:
    """All flags but the one that needs a prediction."""
    found = {
        FlagKind.TALK: FlagStrength.ASKED if rated.wants_to_talk else None,
        FlagKind.DROP: points_dropped(rated, norm),
        FlagKind.LOW: FlagStrength.CHECK_IN if is_low(rated, norm) else None,
        FlagKind.ITEM: FlagStrength.CHECK_IN if rated.low_item else None,
        FlagKind.NOT_YET: FlagStrength.CHECK_IN if rated.not_yet else None,
    }
    return {kind: strength for kind, strength in found.items() if strength is not None}


def is_low(rated: RatingToFlag, norm: ClinicNorm) -> bool:
    """Whether a total is below the clinic's 20th percentile; before there is one, beyond a fixed cut-off."""
    if rated.total is None:
        return False
    if norm.count >= ENOUGH_TO_COMPARE and norm.twentieth is not None:
        return rated.total < norm.twentieth
    cut = CUT_OFFS.get(rated.code)
    return cut is not None and (rated.total < cut.limit or (cut.at_it and rated.total == cut.limit))


def points_dropped(rated: RatingToFlag, norm: ClinicNorm) -> FlagStrength | None:
    """How far a total fell from the one before, in one's own spread or half the clinic's, the wider."""
    own = stdev(rated.earlier) if len(rated.earlier) > 1 else 0.0
    unit = max(own, (norm.sd or 0.0) / 2)
    if rated.total is None or not rated.earlier or not unit:
        return None
    fell = (rated.earlier[-1] - rated.total) / unit
    return FlagStrength.RUPTURE if fell >= 2 else FlagStrength.CHECK_IN if fell >= 1 else None


def has_low_item(definition: Definition, answers: Answers) -> bool:
    """Whether any scored answer lies in the bottom two categories; on 0–10, at 2 or below."""
    scored = [item for item in definition["items"] if item.get("scored", True)]
    return any(_is_low_answer(definition, item, answers.get(item["key"])) for item in scored)


def _is_low_answer(definition: Definition, item: Mapping[str, Any], answer: int | None) -> bool:
    if answer is None:
        return False
    scale = scale_ends_of(definition, item)
    turned = sum(scale) - answer if item.get("reversed") else answer
    low = LOW_ON_LONG_SCALE if scale == LONG_SCALE else scale.lowest + 1
    return bool(turned <= low)


def is_unexpected(total: float, mean: float, sd: float) -> bool:
    """Whether a total lies below the 10th percentile of what was predicted of it: `sd` is of one rating."""
    return total < mean + UNLIKELY * sd
