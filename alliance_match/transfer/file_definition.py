"""What a file is to this room: its columns, how its rows are stored and where they are read again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import AllowedTrait
from alliance_match.transfer.columns import Column
from alliance_match.transfer.import_run import ImportRun, Row, RowCounts


@dataclass(frozen=True, eq=False)
class FileDefinition:
    """One of the four files.

    `code` is the column with a row's own code, empty for ratings. `side` says whose traits the file may hold.
    """

    file: str
    code: str
    columns: tuple[Column, ...]
    store: Callable[[ImportRun, Sequence[Row]], RowCounts]
    stored: "Callable[[Clinic], QuerySet[Any]]"
    written: Callable[[Any], Mapping[str, Any]]
    side: AllowedTrait.Side | None = None

    def rows(self, clinic: Clinic, chunk: int) -> Iterator[Mapping[str, Any]]:
        """The stored rows by column, in the order in which they were stored."""
        return map(self.written, self.stored(clinic).order_by("pk").iterator(chunk_size=chunk))
