"""Rows of a CSV file with their places; a row that cannot be read never takes its neighbours with it."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from alliance_match.transfer.text_lines import LONGEST, TextLines

LINE_BREAK = re.compile(r"\r\n|\r|\n")
UNREADABLE = re.compile("[\0\ud800-\udfff]")
NEVER_CLOSED = "a quote is opened here and never closed, or the cell is far too long"
AFTER_QUOTE = "text follows the closing quote; a quote inside a quoted cell is written twice"
INSIDE = "a quote in a cell that is not quoted; quote the whole cell and write the quote twice"


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row; `line` is where it begins."""

    line: int
    cells: list[str]
    unreadable: bool = False
    spans_lines: bool = False

    def cell_lines(self) -> list[int]:
        """The line on which each cell begins."""
        if not self.spans_lines:
            return [self.line] * len(self.cells)
        breaks = (len(LINE_BREAK.findall(cell)) for cell in self.cells[:-1])
        return list(accumulate(breaks, initial=self.line))


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A row that cannot be read; `index` is the cell at which that shows, `before` are the cells up to it."""

    line: int
    index: int
    reason: str
    before: list[str]


def records(lines: TextLines) -> Iterator[Record | BadRecord]:
    """All rows but empty ones; the first one read is the header, and says how wide the others are."""
    return iter(_Records(lines))


class _Records:
    """What a row looks like in one file, and reading on where one does not."""

    def __init__(self, lines: TextLines) -> None:
        self._lines = lines
        self._delimiter = _delimiter_of(lines)
        cell = rf'"[^"]*(?:""[^"]*)*"|[^"\r\n{self._delimiter}]*'
        self._cell = re.compile(cell)
        self._row = re.compile(rf"(?:{cell})(?:{self._delimiter}(?:{cell}))*[\r\n]*")
        self._beginning = re.compile(rf'(?:(?:{cell}){self._delimiter})*"[^"]*(?:""[^"]*)*')
        self._width = 0

    def __iter__(self) -> Iterator[Record | BadRecord]:
        reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
        while True:
            self._lines.begin()
            start = self._lines.number + 1
            try:
                cells: list[str] | None = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = None
            found = self._row_read(start, cells)
            if isinstance(found, BadRecord):
                self._go_on_after_bad_row()
            elif not self._width and found:
                self._width = len(found.cells)
            if found:
                yield found

    def _row_read(self, start: int, cells: list[str] | None) -> Record | BadRecord | None:
        """The row just read, None where it is empty."""
        taken = self._lines.taken
        raw = taken[0] if len(taken) == 1 else "".join(taken)
        if len(raw) > LONGEST and max(map(len, taken)) > LONGEST:
            return BadRecord(start, 0, f"this line is longer than {LONGEST:,} characters", [])
        if cells is None or ('"' in raw and not self._row.fullmatch(raw)):
            return self._bad_quote(start, raw)
        if not any(cells):
            return None
        if self._width and len(cells) != self._width:
            return self._bad_width(start, cells)
        return Record(start, cells, UNREADABLE.search(raw) is not None, len(taken) > 1)

    def _bad_quote(self, line: int, raw: str) -> BadRecord:
        """Find the first cell that breaks the rules."""
        begin, before = 0, []
        limit = csv.field_size_limit()
        while True:
            found = self._cell.match(raw, begin)
            end = found.end() if found else begin
            if end - begin > limit or raw[end : end + 1] != self._delimiter:
                break
            cell = raw[begin:end]
            before.append(cell[1:-1].replace('""', '"') if cell[:1] == '"' else cell)
            line += len(LINE_BREAK.findall(cell))
            begin = end + 1
        if end - begin > limit:
            reason = f"a cell is longer than {limit:,} characters"
        elif raw[begin : begin + 1] != '"':
            reason = INSIDE
        else:
            # A cell that goes on below before it breaks off has more likely met the quote of another row.
            whole = end > begin and not LINE_BREAK.search(raw, begin, end)
            reason = AFTER_QUOTE if whole else NEVER_CLOSED
        return BadRecord(line, len(before), reason, before)

    def _bad_width(self, line: int, cells: list[str]) -> BadRecord:
        has, needs = len(cells), self._width
        few = f"the row ends before this cell: {has} of {needs} cells"
        many = f"{has} cells, and the first line names only {needs} columns"
        return BadRecord(line, min(has, needs), few if has < needs else many, cells)

    def _go_on_after_bad_row(self) -> None:
        """Go back to the first line below that may begin a row of its own.

        A quote left open swallows the rows below, which may be well; but the lines of a long text are no
        rows. Those have too few delimiters, and belong to what was read or end a quoted cell.
        """
        read = len(self._lines.taken) - 1
        self._lines.go_back(1)
        for place, line in enumerate(self._lines):
            full = line.count(self._delimiter) >= self._width - 1
            begins = self._row.fullmatch(line) or self._beginning.fullmatch(line)
            if full or (place >= read and begins):
                self._lines.go_back(-1)
                return


def _delimiter_of(lines: TextLines) -> str:
    """Comma or semicolon, whichever the first line has more of."""
    lines.begin()
    first = next(lines, "")
    lines.go_back(0)
    return ";" if first.count(";") > first.count(",") else ","
