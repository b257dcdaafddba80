"""A clinic's rows become files that `importing` reads back exactly."""

import csv
import os
from collections.abc import Callable
from pathlib import Path

from django.db import connection, transaction

from alliance_match.accounts.models import Clinic
from alliance_match.transfer.file_definition import FileDefinition
from alliance_match.transfer.importing import TABLES
from alliance_match.transfer.person_columns import trait_columns

CHUNK = 2_000
UNFINISHED = ".unfinished"
Progress = Callable[[str, int, int], None]


class CannotExportError(Exception):
    """The directory will not do, for the reason given."""


def clinic_export(
    *, clinic: Clinic, directory: Path, progress: Progress = lambda file, done, total: None
) -> dict[str, int]:
    """Write the four files, each whole or not at all; returns how many rows each has.

    Only their owner may read them. Raises CannotExportError.
    """
    try:
        _directory_prepare(directory)
        unfinished = {definition: directory / (definition.file + UNFINISHED) for definition in TABLES}
        try:
            counts = _files_write(clinic, unfinished, progress)
            for definition, path in unfinished.items():
                path.replace(directory / definition.file)
        finally:
            for path in unfinished.values():
                path.unlink(missing_ok=True)
    except OSError as error:
        raise CannotExportError(f"{directory} cannot be written: {error.strerror}") from None
    return counts


def _directory_prepare(directory: Path) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = {definition.file + ending for definition in TABLES for ending in ("", UNFINISHED)}
    others = sorted(entry.name for entry in directory.iterdir() if entry.name not in ours)
    if others:
        raise CannotExportError(f"{directory} holds other files ({others[0]}); name a directory of its own")


def _files_write(clinic: Clinic, paths: dict[FileDefinition, Path], progress: Progress) -> dict[str, int]:
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            # All four files tell of the same moment, whatever is changed meanwhile.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return {
            definition.file: _file_write(clinic, definition, path, progress)
            for definition, path in paths.items()
        }


def _file_write(clinic: Clinic, definition: FileDefinition, path: Path, progress: Progress) -> int:
    columns = list(definition.columns)
    if definition.side is not None:
        columns += trait_columns(definition.stored(clinic))
    total = definition.stored(clinic).count()
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    done = 0
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in columns)
        for done, values in enumerate(definition.rows(clinic, CHUNK), 1):
            writer.writerow(column.written(values.get(column.name)) for column in columns)
            if done % CHUNK == 0:
                progress(definition.file, done, total)
        file.flush()
        os.fsync(file.fileno())
    return done
