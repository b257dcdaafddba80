"""What the two commands share: a progress bar, and a database that may be away."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NoReturn, Self

from django.core.management.base import CommandError
from django.db import Error
from tqdm import tqdm


@contextmanager
def database_errors_in_one_line() -> Iterator[None]:
    """Turn what the database has to say into one line. Raises CommandError."""
    try:
        yield
    except Error as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise CommandError(f"The database is away or broke off, and nothing was done: {said[0]}") from None


class ProgressBar:
    """A bar for each file, on a terminal; nothing anywhere else."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None
        self._file = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def show(self, file: str, done: int, total: int) -> None:
        """Move the bar of a file."""
        bar = self._bar
        if bar is None or file != self._file:
            self._close()
            # disable=None: shown only where stderr is a terminal.
            bar = self._bar = tqdm(desc=file, total=total, unit="", unit_scale=True, disable=None)
            self._file = file
        bar.update(done - bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
