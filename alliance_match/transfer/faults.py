"""What is wrong with the files of an import, each fault with its place."""

import re
from collections import Counter
from dataclasses import dataclass

SHOWN = 10_000
FIGURES = re.compile(r"[0-9.,:;/+\-TZeE%]{1,24}")
LONGEST_NAME = 24


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; the line is the one an editor shows."""

    file: str
    line: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = [str(part) for part in (self.file, self.line, self.column) if part is not None]
        return f"{':'.join(place)}: {self.reason}"


class Faults:
    """All faults of an import: the first ones kept, the rest counted."""

    def __init__(self, shown: int = SHOWN) -> None:
        self._shown = shown
        self._kept: list[Fault] = []
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._counts.total()

    def add(self, file: str, line: int | None, column: str | None, reason: str) -> None:
        """Note a fault."""
        self._counts[file] += 1
        if len(self._kept) < self._shown:
            self._kept.append(Fault(file, line, column, reason))

    def kept(self) -> list[Fault]:
        """The faults to show, by file in the order they were read, then by line."""
        order = {file: place for place, file in enumerate(self._counts)}
        return sorted(self._kept, key=lambda fault: (order[fault.file], fault.line or 0))

    def summary(self) -> str:
        """How many there are, and in which files."""
        faults = "1 fault" if len(self) == 1 else f"{len(self):,} faults"
        more = len(self) - len(self._kept)
        hidden = f" ({more:,} of them not shown)" if more else ""
        return f"{faults} in {', '.join(self._counts)}{hidden}"


class CellError(ValueError):
    """A cell cannot be read; the text is the reason, in plain words."""


def figures_only(cell: str) -> str:
    """A cell as a reason may show it: figures only, for any word may be out of somebody's story."""
    return f"“{cell}”" if FIGURES.fullmatch(cell) else "this"


def is_plain_name(cell: str) -> bool:
    """Whether a cell of a header is short and plain enough to be shown as a column's name."""
    return len(cell) <= LONGEST_NAME and cell.isprintable() and not any(map(str.isspace, cell))
