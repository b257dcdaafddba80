"""What one import keeps in mind while its files go by, and what came of them."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.transfer.faults import Faults


@dataclass(frozen=True, slots=True)
class Row:
    """The values of a row by column; `lines` says where each begins if that is not `line`."""

    line: int
    values: Mapping[str, Any]
    lines: Mapping[str, int] | None = None

    def line_of(self, column: str) -> int:
        """The line on which a cell begins."""
        return self.lines.get(column, self.line) if self.lines else self.line


@dataclass
class RowCounts:
    """How many rows were new, changed or as they are stored already."""

    new: int = 0
    changed: int = 0
    same: int = 0

    @property
    def written(self) -> int:
        """How many rows were new or changed."""
        return self.new + self.changed

    def count(self, *, new: bool, changed: bool) -> None:
        """Count one row."""
        if new:
            self.new += 1
        elif changed:
            self.changed += 1
        else:
            self.same += 1

    def __iadd__(self, other: "RowCounts") -> "RowCounts":
        self.new += other.new
        self.changed += other.changed
        self.same += other.same
        return self

    def __str__(self) -> str:
        return f"{self.new:,} new, {self.changed:,} changed, {self.same:,} the same"


@dataclass
class ImportRun:
    """One import under way.

    `spoilt` holds the codes of rows that have faults, and `blind` the kinds of code whose file could not be
    read: a row that refers to one of those is not at fault. `seen` says where each key of the present file
    was, and `episodes` what was said of each episode.
    """

    clinic: Clinic
    by: Actor
    faults: Faults
    file: str = ""
    spoilt: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    blind: set[str] = field(default_factory=set)
    seen: dict[Hashable, int] = field(default_factory=dict)
    episodes: dict[Hashable, tuple[int, tuple[Any, ...]]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def begin(self, file: str) -> None:
        """Turn to the next file."""
        self.file = file
        self.seen = {}
        self.episodes = {}

    def fault(self, row: Row, column: str, reason: str) -> None:
        """Note what is wrong with a cell of the present file."""
        self.faults.add(self.file, row.line_of(column), column, reason)

    def warn(self, row: Row, column: str, reason: str) -> None:
        """Note what the clinic should know about a cell, though it is no fault."""
        self.warnings.append(f"{self.file}:{row.line_of(column)}:{column}: {reason}")

    def may_refer(self, kind: str, code: str) -> bool:
        """Whether a code that is not stored is nobody's fault here, for it was reported where it belongs."""
        return kind in self.blind or code in self.spoilt[kind]

    def once(self, row: Row, column: str, key: Hashable, what: str) -> bool:
        """Whether a key is new in the present file; a fault is noted where it is not."""
        first = self.seen.setdefault(key, row.line)
        if first != row.line:
            self.fault(row, column, f"{what} is on line {first} already")
        return first == row.line
