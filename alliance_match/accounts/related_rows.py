"""Rows that point to a row, read in the statement that reads it.

A page that shows a few rows pays more for each statement than for all that it brings.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar, cast

from django.db import models
from django.db.models import ForeignObjectRel, Func, JSONField

Row = TypeVar("Row", bound=models.Model)


def annotate_with(rows: models.QuerySet[Row], *relations: str) -> models.QuerySet[Row]:
    """The same rows, each with what `keep_annotated` makes its reverse relations of; one statement."""
    found = {_column(name): relation_named(rows.model, name) for name in relations}
    related = {column: RelatedRows(one, models.F("pk")) for column, one in found.items()}
    return cast(models.QuerySet[Row], rows.annotate(**related))


def keep_annotated(read: list[Row], *relations: str) -> list[Row]:
    """The rows as they were read, each with those of its relations, as after `prefetch_related`."""
    for row in read:
        for name in relations:
            keep_related(row, name, relation_named(type(row), name), row.__dict__.pop(_column(name)) or [])
    return read


class RelatedRows(Func):
    """The rows of a reverse relation as a list in JSON, in the order of their model; None without any.

    `of`: the key of the row to which they point.
    """

    def __init__(self, relation: ForeignObjectRel, of: models.F | models.Value) -> None:
        super().__init__(of, template=_statement(relation), output_field=JSONField())


@cache
def relation_named(model: type[models.Model], name: str) -> ForeignObjectRel:
    """A reverse relation by the name under which a row has it."""
    return next(one for one in model._meta.related_objects if one.get_accessor_name() == name)


def keep_related(
    row: models.Model, name: str, relation: ForeignObjectRel, said: Iterable[dict[str, Any]]
) -> None:
    """Let `row.<name>.all()` give these rows, without asking again."""
    fields = relation.related_model._meta.concrete_fields
    names = [field.attname for field in fields]
    related = [
        relation.related_model.from_db(
            row._state.db, names, [field.to_python(one[str(field.column)]) for field in fields]
        )
        for one in said
    ]
    for one in related:
        setattr(one, relation.field.name, row)
    known = getattr(row, name).get_queryset()
    known._result_cache, known._prefetch_done = related, True
    # Where `prefetch_related` puts them too; Django has no other way to say it.
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = known


def _column(name: str) -> str:
    return f"{name}_in_json"


@cache
def _statement(relation: ForeignObjectRel) -> str:
    rows = cast(Any, relation.related_model)._meta
    order = ", ".join(_place(rows, name) for name in [*rows.ordering, "pk"])
    return (
        f'(SELECT jsonb_agg(to_jsonb(related) ORDER BY {order}) FROM "{rows.db_table}" related '  # noqa: S608
        f'WHERE related."{relation.field.column}" = %(expressions)s)'
    )


def _place(rows: Any, name: str) -> str:
    field = rows.pk if name.endswith("pk") else rows.get_field(name.removeprefix("-"))
    return f'related."{field.column}"{" DESC" if name.startswith("-") else ""}'
