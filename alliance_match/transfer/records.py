"""Rows of a CSV file with their places; a row that cannot be read never takes its neighbours with it."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from alliance_match.transfer.lines import LONGEST, Lines

LINE_BREAK = re.compile(r"\r\n|\r|\n")
UNREADABLE = re.compile("[\0\ud800-\udfff]")
NEVER_CLOSED = "a quote is opened here and never closed, or the cell is far too long"
AFTER_QUOTE = "text follows the closing quote; a quote inside a quoted cell is written twice"
INSIDE = "a quote in a cell that is not quoted; quote the whole cell and write the quote twice"


@dataclass(frozen=True)
class Record:
    """The cells of one row; `line` is where it begins."""

    line: int
    cells: list[str]
    unreadable: bool = False

    def line_of(self, index: int) -> int:
        """The line on which a cell begins."""
        return self.line + sum(len(LINE_BREAK.findall(cell)) for cell in self.cells[:index])


@dataclass(frozen=True)
class BadRecord:
    """A row whose cells cannot be told apart; `index` is the cell at which that shows."""

    line: int
    index: int
    reason: str


def delimiter_of(lines: Lines) -> str:
    """Comma or semicolon, whichever the first line has more of."""
    lines.begin()
    first = next(lines, "")
    lines.go_back(0)
    return ";" if first.count(";") > first.count(",") else ","


def records(lines: Lines, delimiter: str) -> Iterator[Record | BadRecord]:
    """All rows but empty ones. After a row with bad quotes, reading goes on at the line after its first."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    cell = _cell(delimiter)
    row = re.compile(rf"(?:{cell.pattern})(?:{delimiter}(?:{cell.pattern}))*[\r\n]*")
    while True:
        lines.begin()
        start = lines.number + 1
        broken = False
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken = True
        raw = "".join(lines.taken)
        if max(map(len, lines.taken)) > LONGEST:
            lines.go_back(1)
            yield BadRecord(start, 0, f"this line is longer than {LONGEST:,} characters")
        elif broken or ('"' in raw and not row.fullmatch(raw)):
            lines.go_back(1)
            yield _bad_quote(start, raw, cell, delimiter)
        elif any(cells):
            yield Record(start, cells, UNREADABLE.search(raw) is not None)


def _cell(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf'"[^"]*(?:""[^"]*)*"|[^"\r\n{delimiter}]*')


def _bad_quote(line: int, raw: str, cell: re.Pattern[str], delimiter: str) -> BadRecord:
    """Find the first cell that breaks the rules."""
    index, begin, breaks = 0, 0, 0
    limit = csv.field_size_limit()
    while True:
        found = cell.match(raw, begin)
        end = found.end() if found else begin
        if end - begin > limit:
            return BadRecord(line + breaks, index, f"a cell is longer than {limit:,} characters")
        if raw[end : end + 1] != delimiter:
            break
        breaks += len(LINE_BREAK.findall(raw, begin, end))
        index, begin = index + 1, end + 1
    if raw[begin : begin + 1] != '"':
        return BadRecord(line + breaks, index, INSIDE)
    # A cell that goes on below and then breaks off more likely ended at the quote of another row.
    whole = end > begin and not LINE_BREAK.search(raw, begin, end)
    return BadRecord(line + breaks, index, AFTER_QUOTE if whole else NEVER_CLOSED)
