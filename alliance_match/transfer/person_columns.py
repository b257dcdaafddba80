"""What therapists and clients have alike in their files: style columns, traits, and how they are stored."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from django.db.models import Func, QuerySet, TextField
from django.db.models.functions import Collate

from alliance_match.transfer.cell_types import WholeNumber
from alliance_match.transfer.columns import TRAIT, Column, trait_column
from alliance_match.transfer.import_run import ImportRun, Row
from alliance_match.vocabulary import StyleDimension


class Style(Protocol):
    """A stored position on one style dimension."""

    position: int


def style_columns(weight: str, highest: int) -> tuple[Column, ...]:
    """Where a person stands on each dimension, and next to it what that weighs."""
    pairs = (
        (
            Column(f"style_{dimension}", WholeNumber(-3, 3)),
            Column(f"{weight}_{dimension}", WholeNumber(0, highest), needs=f"style_{dimension}"),
        )
        for dimension in StyleDimension.values
    )
    return tuple(column for pair in pairs for column in pair)


def wanted_styles(
    run: ImportRun, row: Row, stored: Mapping[str, Style], weight: str
) -> dict[str, dict[str, int]]:
    """The styles of a row by dimension; a dimension without a column stays as it is stored."""
    wanted: dict[str, dict[str, int]] = {}
    for dimension in StyleDimension.values:
        style, importance = f"style_{dimension}", f"{weight}_{dimension}"
        if style not in row.values:
            if dimension in stored:
                wanted[dimension] = {}
        elif row.values[style] is not None:
            wanted[dimension] = {"position": row.values[style]}
            if importance in row.values:
                given = row.values[importance]
                wanted[dimension][weight] = 1 if given is None else given
        elif row.values.get(importance) is not None:
            run.fault(row, importance, f"there is no {style} that this belongs to")
    return wanted


def written_styles(stored: Mapping[str, Style], weight: str) -> dict[str, int]:
    """Stored styles as the values of their columns."""
    values = {f"style_{dimension}": style.position for dimension, style in stored.items()}
    return values | {f"{weight}_{dimension}": getattr(style, weight) for dimension, style in stored.items()}


def wanted_traits(row: Row, stored: Mapping[str, float]) -> dict[str, float]:
    """The traits of a row over those that are stored."""
    traits = dict(stored)
    for column, value in row.values.items():
        name = column.removeprefix(TRAIT)
        if name == column:
            continue
        if value is None:
            traits.pop(name, None)
        # The database gives a large number back as an integer, which differs from the equal float.
        elif name not in stored or float(stored[name]) != value:
            traits[name] = value
    return traits


def written_traits(stored: Mapping[str, float]) -> dict[str, float]:
    """Stored traits as the values of their columns."""
    return {TRAIT + name: value for name, value in stored.items()}


def trait_columns(people: "QuerySet[Any]") -> Iterator[Column]:
    """A column for every trait that anybody has."""
    keys = Collate(Func("traits", function="jsonb_object_keys", output_field=TextField()), "C")
    names = people.order_by().annotate(trait=keys).values_list("trait", flat=True).distinct()
    return map(trait_column, sorted(names))
