"""Answers become facets and a total on 0–100; pure functions, no database.

The rules are the instrument's own: a facet is the mean of its answered items, missing below `facet_needs`
answers; the total is the mean of all answered items, missing below `total_needs`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

Answers = Mapping[str, int | None]


@dataclass(frozen=True)
class Scores:
    """An alliance on 0–100; None where too few items were answered."""

    total: float | None
    bond: float | None
    task: float | None
    goal: float | None


def score(definition: Mapping[str, Any], answers: Answers) -> Scores:
    """Score the answers to an instrument. Raises ValueError that names an unknown item or a bad answer."""
    scale = definition["scale"]
    lowest, highest = scale["lowest"], scale["highest"]
    check(definition, answers)

    def rescaled(keys: Iterable[str], needs: int) -> float | None:
        given = [value for key in keys if (value := answers.get(key)) is not None]
        return (fmean(given) - lowest) / (highest - lowest) * 100 if len(given) >= needs else None

    items = definition["items"]
    facets = {
        facet: rescaled([item["key"] for item in items if item["facet"] == facet], definition["facet_needs"])
        for facet in ("bond", "task", "goal")
    }
    return Scores(total=rescaled([item["key"] for item in items], definition["total_needs"]), **facets)


def check(definition: Mapping[str, Any], answers: Answers) -> None:
    """Raise ValueError where an answer is to no item or off the scale."""
    scale = definition["scale"]
    known = {item["key"] for item in definition["items"]}
    for key, value in answers.items():
        if key not in known:
            raise ValueError(f"{key}: this instrument has no such item")
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (whole and scale["lowest"] <= value <= scale["highest"]):
            raise ValueError(f"{key}: answers go from {scale['lowest']} to {scale['highest']}")
