"""Columns of a file, and finding them in its header."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from alliance_match.transfer.cell_types import CellType, Number, Text
from alliance_match.transfer.csv_records import Record
from alliance_match.transfer.faults import CellError, is_plain_name

TRAIT = "trait_"
LONGEST_TRAIT = 60


@dataclass(frozen=True)
class Column:
    """One column; `empty` is what an empty cell stands for, `field` the model's name for it.

    A required column must be there, and its cells filled unless `may_be_empty`.
    """

    name: str
    kind: CellType
    empty: Any = None
    required: bool = False
    needs: str = ""
    field: str = ""
    may_be_empty: bool = False

    def read(self, cell: str) -> Any:
        """The value of a cell. Raises CellError."""
        if cell.strip():
            return self.kind.read(cell)
        if self.required and not self.may_be_empty:
            raise CellError("this cell is required and empty")
        if cell and isinstance(self.kind, Text):
            return self.kind.read(cell)
        return list(self.empty) if isinstance(self.empty, tuple) else self.empty

    def written(self, value: Any) -> str:
        """A value as its cell."""
        return "" if value is None else self.kind.write(value)


def trait_column(name: str) -> Column:
    """The column of an extra number."""
    return Column(TRAIT + name, Number())


@dataclass(frozen=True)
class HeaderFault:
    """A column that is wrong, missing or too many."""

    column: str
    reason: str


def match_header(
    header: Record, known: Sequence[Column], *, traits: bool
) -> tuple[list[Column], list[HeaderFault]]:
    """The columns in the order of a header, and what is wrong with it."""
    by_name = {column.name: column for column in known}
    names = [cell.strip() for cell in header.cells]
    faults = [
        HeaderFault(name, f"this column is there {count} times")
        for name, count in Counter(names).items()
        if name and count > 1
    ]
    found = []
    for place, name in enumerate(names, 1):
        if name in by_name:
            found.append(by_name[name])
        elif traits and _is_trait(name):
            found.append(trait_column(name.removeprefix(TRAIT)))
        else:
            faults.append(_unknown_column(place, name, list(by_name), traits=traits))
    present = set(names)
    for column in known:
        if column.required and column.name not in present:
            faults.append(HeaderFault(column.name, "this column is required and missing"))
        if column.name in present and column.needs and column.needs not in present:
            faults.append(HeaderFault(column.name, f"this column needs the column {column.needs}"))
    return found, faults


def _is_trait(name: str) -> bool:
    return name.startswith(TRAIT) and 0 < len(name) - len(TRAIT) <= LONGEST_TRAIT and name.isprintable()


def _unknown_column(place: int, name: str, known: list[str], *, traits: bool) -> HeaderFault:
    if not name:
        return HeaderFault(f"cell {place}", "this column has no name")
    if traits and name.startswith(TRAIT):
        return HeaderFault(f"cell {place}", f"a trait's name has 1 to {LONGEST_TRAIT} printable characters")
    near = get_close_matches(name.casefold(), known, n=1)
    suggestion = f"; did you mean {near[0]}?" if near else ""
    shown = name if is_plain_name(name) else f"cell {place}"
    return HeaderFault(shown, f"there is no such column{suggestion}")
