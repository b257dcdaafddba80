"""From a file to rows whose every cell was understood; everything else becomes a fault."""

from collections.abc import Iterator, Sequence
from typing import Any

from alliance_match.transfer.columns import TRAIT, Column, match_header
from alliance_match.transfer.csv_records import UNREADABLE, BadRecord, Record, records
from alliance_match.transfer.faults import CellError
from alliance_match.transfer.file_definition import FileDefinition
from alliance_match.transfer.import_run import ImportRun, Row
from alliance_match.transfer.spreadsheet_text import formula_unescaped
from alliance_match.transfer.text_lines import TextLines


class FileReader:
    """One file being read; `columns` are those of its header, none where that is not usable."""

    def __init__(self, run: ImportRun, definition: FileDefinition, lines: TextLines) -> None:
        self._run = run
        self._definition = definition
        self._records = records(lines)
        self._codes: dict[str, int] = {}
        self.columns: Sequence[Column] = self._header()

    @property
    def traits(self) -> list[str]:
        """The names of the traits in the header."""
        names = (column.name for column in self.columns)
        return [name.removeprefix(TRAIT) for name in names if name.startswith(TRAIT)]

    def rows(self) -> Iterator[Row]:
        """The rows without a fault of their own."""
        for record in self._records if self.columns else ():
            row = self._row(record)
            if row is not None:
                yield row

    def _header(self) -> Sequence[Column]:
        header = next(self._records, None)
        if header is None:
            self._fault(1, None, "this file is empty; its first line must name the columns")
        elif isinstance(header, BadRecord):
            self._fault(header.line, f"cell {header.index + 1}", header.reason)
        elif header.unreadable:
            self._fault(header.line, None, "this line is not UTF-8 text; save the file as “CSV UTF-8”")
        else:
            columns, faults = match_header(
                header, self._definition.columns, traits=self._definition.side is not None
            )
            for fault in faults:
                self._fault(header.line, fault.column, fault.reason)
            return () if faults else columns
        return ()

    def _row(self, record: Record | BadRecord) -> Row | None:
        if isinstance(record, BadRecord):
            self._fault(record.line, self._name(record.index), record.reason)
            self._spoil(record)
            return None
        before = len(self._run.faults)
        values = self._values(record)
        self._note_code(record, values, spoilt=len(self._run.faults) > before)
        if len(self._run.faults) > before:
            return None
        names = (column.name for column in self.columns)
        lines = dict(zip(names, record.cell_lines(), strict=True)) if record.spans_lines else None
        return Row(record.line, values, lines)

    def _values(self, record: Record) -> dict[str, Any]:
        values = {}
        for index, (column, cell) in enumerate(zip(self.columns, record.cells, strict=True)):
            try:
                if record.unreadable:
                    _check_readable(cell)
                values[column.name] = column.read(cell)
            except CellError as fault:
                self._fault(record.cell_lines()[index], column.name, str(fault))
        return values

    def _note_code(self, record: Record, values: dict[str, Any], *, spoilt: bool) -> None:
        """Report a code that was there before, also where another cell of either row is at fault."""
        name = self._definition.code
        if not name or name not in values:
            return
        code = values[name]
        first = self._codes.setdefault(code, record.line)
        if first != record.line:
            index = [column.name for column in self.columns].index(name)
            self._fault(record.cell_lines()[index], name, f"this {name} is on line {first} already")
        elif spoilt:
            self._run.spoilt[name].add(code)

    def _spoil(self, record: BadRecord) -> None:
        """Keep rows that refer to this one from being reported too."""
        names = [column.name for column in self.columns]
        if self._definition.code and names.index(self._definition.code) < len(record.before):
            code = formula_unescaped(record.before[names.index(self._definition.code)])
            self._run.spoilt[self._definition.code].add(code)

    def _name(self, index: int) -> str:
        return self.columns[index].name if index < len(self.columns) else f"cell {index + 1}"

    def _fault(self, line: int, column: str | None, reason: str) -> None:
        self._run.faults.add(self._run.file, line, column, reason)


def _check_readable(cell: str) -> None:
    found = UNREADABLE.search(cell)
    if found and found[0] == "\0":
        raise CellError("this holds a NUL byte")
    if found:
        byte = ord(found[0]) - 0xDC00
        raise CellError(f"the byte 0x{byte:02X} is not UTF-8 text; save the file as “CSV UTF-8”")
