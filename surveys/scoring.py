"""Answers become subscales and a total; pure functions, no database.

The rules are the instrument's own (see `definition.py`). A mean or a sum is missing below `needs` answers, or
where one of the items that it `must` have is missing; a sum of fewer answers than items is prorated: their
mean times all items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from surveys.definition import Definition, Scale, scale_ends_of, scored_keys, total_range

Answers = Mapping[str, int | None]


@dataclass(frozen=True)
class ScaledScore:
    """What answers come to: in the points that the instrument's authors count, and the same on 0–100."""

    points: float
    on_100: float


@dataclass(frozen=True)
class Scores:
    """A total with the words of its band, and subscales by key; None where too little was answered."""

    whole: ScaledScore | None
    parts: Mapping[str, ScaledScore | None]
    band: str

    @property
    def total(self) -> float | None:
        """The total on 0–100, as ratings of the alliance are kept."""
        return None if self.whole is None else self.whole.on_100

    @property
    def bond(self) -> float | None:
        """The bond on 0–100."""
        return self._part("bond")

    @property
    def task(self) -> float | None:
        """The agreement on what is done, on 0–100."""
        return self._part("task")

    @property
    def goal(self) -> float | None:
        """The agreement on what it is for, on 0–100."""
        return self._part("goal")

    def _part(self, key: str) -> float | None:
        part = self.parts.get(key)
        return None if part is None else part.on_100


def score(definition: Definition, answers: Answers) -> Scores:
    """Score the answers to an instrument. Raises ValueError that names an unknown item or a bad answer."""
    check_answers(definition, answers)
    total = definition.get("total")
    whole = _scaled_score(definition, total, scored_keys(definition), answers) if total else None
    parts = {
        part["key"]: _scaled_score(definition, part, part["items"], answers)
        for part in definition.get("subscales", ())
    }
    return Scores(whole=whole, parts=parts, band=_band_words(total, whole))


def check_answers(definition: Definition, answers: Answers) -> None:
    """Raise ValueError where an answer is to no item or off the scale."""
    items = {item["key"]: item for item in definition["items"]}
    for key, value in answers.items():
        if key not in items:
            raise ValueError(f"{key}: this instrument has no such item")
        scale = scale_ends_of(definition, items[key])
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (whole and scale.lowest <= value <= scale.highest):
            raise ValueError(f"{key}: answers go from {scale.lowest} to {scale.highest}")


def _scaled_score(
    definition: Definition, rule: Mapping[str, Any], keys: Sequence[str], answers: Answers
) -> ScaledScore | None:
    items = [item for item in definition["items"] if item["key"] in keys]
    scale = scale_ends_of(definition, items[0])
    given = {item["key"]: _keyed_answer(item, scale, answers.get(item["key"])) for item in items}
    values = [value for value in given.values() if value is not None]
    if len(values) < rule["needs"] or any(given[key] is None for key in rule.get("must", ())):
        return None
    points = fmean(values) if rule["rule"] == "mean" else sum(values) * len(items) / len(values)
    least, most = total_range(rule["rule"], scale, len(items))
    return ScaledScore(points=points, on_100=(points - least) / (most - least) * 100)


def _keyed_answer(item: Mapping[str, Any], scale: Scale, value: int | None) -> int | None:
    """An answer turned so that more always means more of what is measured."""
    return scale.lowest + scale.highest - value if value is not None and item.get("reversed") else value


def _band_words(total: Mapping[str, Any] | None, whole: ScaledScore | None) -> str:
    bands = total.get("bands", ()) if total else ()
    reached = [band["words"] for band in bands if whole and band["from"] <= whole.points]
    return reached[-1] if reached else ""
