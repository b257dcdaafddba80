"""Statements that are compiled once a process, for the pages that are asked for most.

Django puts a statement together anew each time, which takes it longer than PostgreSQL takes to answer.
"""

from collections.abc import Callable, Mapping
from copy import copy
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models import Value
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Given(Value):
    """What is told each time the rows are asked for: `filter(clinic=Given("clinic"))`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        return "%s", [self]


class GivenKeys(Given):
    """Any of several keys, or of none: `filter(pk=GivenKeys("keys"))`; told as a list."""

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        return "ANY(%s::bigint[])", [self]


class PreparedRows(Generic[Row]):
    """The rows of a queryset that `build` makes, once; asked for with whatever it has as `Given`.

    `build` knows nothing of any request, so nothing of one can stay.
    """

    def __init__(self, build: Callable[[], models.QuerySet[Any, Row]]) -> None:
        self.build = build

    def __call__(self, **given: Any) -> list[Row]:
        rows, compiler = self._compiled
        query: Any = _Query(rows.query, compiler, given)
        asked: models.QuerySet[Any, Row] = models.QuerySet(rows.model, query, rows.db)
        asked._iterable_class = rows._iterable_class
        return list(asked)

    def first(self, **given: Any) -> Row | None:
        """The first of them, None where there are none."""
        return next(iter(self(**given)), None)

    @cached_property
    def _compiled(self) -> tuple[models.QuerySet[Any, Row], "_Compiler"]:
        rows = self.build()
        return rows, _Compiler(rows.query, connections[rows.db], rows.db)


class _Compiler(SQLCompiler):
    """Django's, which compiles once."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.sql: str
        self.params: Any
        self.sql, self.params = super().as_sql()
        if any(isinstance(one, date) for one in self.params):
            raise ValueError("a moment would stay the same: let the database say what time it is")

    def with_values(self, using: str, given: Mapping[str, Any]) -> "_Compiler":
        """The same with the values of one asking, on the connection of this thread."""
        told = copy(self)
        told.connection = connections[using]
        told.params = [given[one.value] if isinstance(one, Given) else one for one in self.params]
        return told

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        return self.sql, self.params


class _Query:
    """A query of Django's that is compiled already."""

    def __init__(self, query: models.sql.Query, compiler: _Compiler, given: Mapping[str, Any]) -> None:
        self._query, self._compiler, self._given = query, compiler, given

    def get_compiler(self, using: str) -> _Compiler:
        return self._compiler.with_values(using, self._given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)
