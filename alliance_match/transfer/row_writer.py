"""Rows that are written together, a batch at a time; a row that would not change is never written."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db import models

from alliance_match.transfer.import_run import ImportRun

M = TypeVar("M", bound=models.Model)
K = TypeVar("K", bound=Hashable)


class RowWriter(Generic[M]):
    """New, changed and dropped rows of one model."""

    def __init__(self, model: type[M]) -> None:
        self._rows = model._default_manager
        self._new: list[M] = []
        self._changed: list[M] = []
        self._dropped: list[Any] = []
        self._fields: set[str] = set()

    def put(self, row: M, values: Mapping[str, Any]) -> bool:
        """Give a row these values; returns whether that makes a difference."""
        different = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in different.items():
            setattr(row, name, value)
        if row.pk is None:
            self._new.append(row)
            return True
        if different:
            self._changed.append(row)
            self._fields |= different.keys()
        return bool(different)

    def drop(self, row: M) -> None:
        """Delete a row."""
        self._dropped.append(row.pk)

    def replace_all(
        self, stored: Mapping[K, M], wanted: Mapping[K, Mapping[str, Any]], make: Callable[[K], M]
    ) -> bool:
        """Make the stored rows of an owner the wanted ones; returns whether that makes a difference."""
        gone = [row for key, row in stored.items() if key not in wanted]
        for row in gone:
            self.drop(row)
        made = [self.put(stored.get(key) or make(key), values) for key, values in wanted.items()]
        return bool(gone) or any(made)

    def write(self) -> None:
        """Delete, change and create, in at most three statements."""
        if self._dropped:
            self._rows.filter(pk__in=self._dropped).delete()
        if self._changed:
            # An upsert by primary key: Django's bulk_update takes minutes for this many rows and columns.
            self._rows.bulk_create(
                self._changed,
                update_conflicts=True,
                unique_fields=["pk"],
                update_fields=sorted(self._fields),
            )
        if self._new:
            self._rows.bulk_create(self._new)


def write_all(run: ImportRun, owners: RowWriter[Any], *details: RowWriter[Any]) -> None:
    """Write owners and their details; after a fault only the owners, which other files may refer to."""
    owners.write()
    for writer in details if not run.faults else ():
        writer.write()


def rows_by(rows: Iterable[M], *names: str) -> dict[Any, M]:
    """Rows by one attribute, or by several."""
    key = attrgetter(*names)
    return {key(row): row for row in rows}
