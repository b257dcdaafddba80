"""What a cell may hold: each kind reads a cell into a value and writes the value back, exactly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from alliance_match.transfer.faults import CellError, figures_only
from alliance_match.transfer.spreadsheet_text import formula_escaped, formula_unescaped

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
WHOLE = re.compile(r"[+-]?[0-9]{1,9}(\.0+)?")
MONEY = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
WORD = re.compile(r"(?:\\.|[^\\;])*", re.DOTALL)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class CellType(Protocol):
    """A kind of cell. `read` gets a cell that is not empty and raises CellError with the reason."""

    def read(self, cell: str) -> Any: ...
    def write(self, value: Any) -> str: ...


@dataclass(frozen=True)
class Text:
    """Free text, kept to the letter and never echoed."""

    longest: int

    def read(self, cell: str) -> str:
        text = formula_unescaped(cell)
        if len(text) > self.longest:
            raise CellError(f"{len(text):,} characters; at most {self.longest:,} are kept")
        return text

    def write(self, value: str) -> str:
        return formula_escaped(value)


@dataclass(frozen=True)
class Code:
    """The clinic's own name for something."""

    longest: int = 60

    def read(self, cell: str) -> str:
        code = formula_unescaped(cell)
        if len(code) > self.longest:
            raise CellError(f"a code has at most {self.longest} characters")
        if code != code.strip():
            raise CellError("a code neither begins nor ends with a space")
        return code

    def write(self, value: str) -> str:
        return formula_escaped(value)


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: Sequence[str]

    def read(self, cell: str) -> str:
        word = cell.strip().lower()
        if word not in self.words:
            raise CellError(f"{figures_only(cell)} is none of {', '.join(self.words)}")
        return word

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class YesNo:
    """Yes or no."""

    def read(self, cell: str) -> bool:
        word = cell.strip().lower()
        if word not in YES:
            raise CellError(f"{figures_only(cell)} is neither yes nor no")
        return YES[word]

    def write(self, value: bool) -> str:
        return "yes" if value else "no"


@dataclass(frozen=True)
class WholeNumber:
    """A whole number in a range."""

    lowest: int
    highest: int

    def read(self, cell: str) -> int:
        number = cell.strip()
        value = int(number.split(".")[0]) if WHOLE.fullmatch(number) else None
        if value is None or not self.lowest <= value <= self.highest:
            raise CellError(
                f"{figures_only(cell)} is not a whole number from {self.lowest} to {self.highest}"
            )
        return value

    def write(self, value: int) -> str:
        return str(value)


@dataclass(frozen=True)
class Number:
    """A number in a range; the widest leaves room to square and sum a clinic's numbers."""

    lowest: float = -1e9
    highest: float = 1e9

    def read(self, cell: str) -> float:
        number = cell.strip()
        if DECIMAL_COMMA.fullmatch(number):
            raise CellError(f"{figures_only(cell)} has a decimal comma; write a point")
        if not NUMBER.fullmatch(number):
            raise CellError(f"{figures_only(cell)} is not a number")
        value = float(number) + 0.0  # turns -0.0, which jsonb would not keep, into 0.0
        if not self.lowest <= value <= self.highest:
            raise CellError(f"{figures_only(cell)} is not from {self.lowest:,.0f} to {self.highest:,.0f}")
        return value

    def write(self, value: float) -> str:
        return repr(float(value)).removesuffix(".0")


@dataclass(frozen=True)
class Money:
    """An amount in the clinic's currency."""

    def read(self, cell: str) -> Decimal:
        amount = cell.strip()
        if DECIMAL_COMMA.fullmatch(amount):
            raise CellError(f"{figures_only(cell)} has a decimal comma; write a point")
        if not MONEY.fullmatch(amount):
            raise CellError(
                f"{figures_only(cell)} is not an amount from 0 to 999999.99 with at most two decimals"
            )
        return Decimal(amount)

    def write(self, value: Decimal) -> str:
        return f"{value:.2f}"


@dataclass(frozen=True)
class Words:
    """Several words with semicolons between; a backslash before a semicolon makes it part of a word."""

    longest: int
    words: Sequence[str] = ()
    most: int = 1000

    def read(self, cell: str) -> list[str]:
        words = [word for one in split_list(formula_unescaped(cell)) if (word := _unescaped(one))]
        if len(words) > self.most:
            raise CellError(f"{len(words)} entries; at most {self.most} are allowed")
        for place, word in enumerate(words, 1):
            if self.words and word not in self.words:
                raise CellError(f"entry {place}: {figures_only(word)} is none of {', '.join(self.words)}")
            if len(word) > self.longest:
                raise CellError(f"entry {place} has {len(word)} characters; at most {self.longest} are kept")
        return words

    def write(self, value: Sequence[str]) -> str:
        return formula_escaped("; ".join(_escaped(word) for word in value if word))


@dataclass(frozen=True)
class Languages(Words):
    """Language codes; one that is misspelt would hide a therapist from every client who needs it."""

    longest: int = 12

    def read(self, cell: str) -> list[str]:
        codes = super().read(cell)
        for place, code in enumerate(codes, 1):
            if not LANGUAGE.fullmatch(code):
                raise CellError(
                    f"entry {place}: {figures_only(code)} is not a language code, like en or pt-BR"
                )
        return codes


def split_list(cell: str) -> list[str]:
    """The entries of a list cell, still escaped."""
    entries, begin = [], 0
    while begin <= len(cell):
        found = WORD.match(cell, begin)
        # A backslash at the very end escapes nothing and stands for itself.
        end = found.end() if found and cell[found.end() : found.end() + 1] != "\\" else len(cell)
        entries.append(cell[begin:end])
        begin = end + 1
    return entries


def _escaped(word: str) -> str:
    inner = word.replace("\\", "\\\\").replace(";", "\\;")
    before = "\\" if inner[0].isspace() else ""
    after = "\\" if len(inner) > 1 and inner[-1].isspace() else ""
    return f"{before}{inner[:-1]}{after}{inner[-1]}"


def _unescaped(entry: str) -> str:
    word = entry.lstrip()
    trimmed = word.rstrip()
    backslashes = len(trimmed) - len(trimmed.rstrip("\\"))
    if backslashes % 2 and len(word) > len(trimmed):
        trimmed = word[: len(trimmed) + 1]
    return ESCAPE.sub(r"\1", trimmed)
