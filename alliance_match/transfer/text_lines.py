"""The physical lines of a text file, numbered as an editor numbers them."""

import codecs
import io
import os
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self

from alliance_match.transfer.faults import CellError

LONGEST = 1_000_000
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TextLines:
    """An iterator over lines that can go back, in constant memory.

    Bytes that are not UTF-8 come as lone surrogates, so that the rest of their row can still be read. Of a
    line longer than `LONGEST` only the beginning is kept, one character more than that, so that it shows.
    """

    def __init__(self, path: Path) -> None:
        """Open a file. Raises CellError where it cannot be read as text at all."""
        try:
            if not path.is_file():
                raise CellError("this is not a file")
            self._bytes = path.open("rb")
            self.size = os.fstat(self._bytes.fileno()).st_size
            beginning = self._bytes.peek(4)
        except OSError as error:
            raise CellError(f"this file cannot be read: {error.strerror}") from None
        if beginning.startswith(UTF16):
            self._bytes.close()
            raise CellError("this file is UTF-16; save it as “CSV UTF-8”")
        if beginning.startswith(codecs.BOM_UTF8):
            self._bytes.read(len(codecs.BOM_UTF8))
        self._text = io.TextIOWrapper(self._bytes, "utf-8", errors="surrogateescape", newline="")
        self._again: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._text.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        return line

    @property
    def position(self) -> int:
        """How many bytes were read so far."""
        return self._bytes.tell()

    def begin(self) -> None:
        """Remember lines from here on, so that they can be read again."""
        self.taken = []

    def go_back(self, keep: int) -> None:
        """Read again what came after the first `keep` lines since `begin`."""
        given_back = self.taken[keep:]
        self._again.extendleft(reversed(given_back))
        self.number -= len(given_back)
        del self.taken[keep:]

    def _read(self) -> str:
        line = self._text.readline(LONGEST)
        if len(line) == LONGEST and not line.endswith(("\n", "\r")):
            rest = line
            while len(rest) == LONGEST and not rest.endswith(("\n", "\r")):
                rest = self._text.readline(LONGEST)
            return line + "\n"
        return line
