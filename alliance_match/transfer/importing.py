"""A clinic's files become rows of the database: all of them, or none."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from django.db import DataError, IntegrityError, transaction

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import bulk_event_record
from alliance_match.matching.models import AllowedTrait
from alliance_match.transfer.client_file import CLIENTS
from alliance_match.transfer.faults import CellError, Faults
from alliance_match.transfer.file_definition import FileDefinition
from alliance_match.transfer.file_reader import FileReader
from alliance_match.transfer.import_run import ImportRun, Row, RowCounts
from alliance_match.transfer.rating_file import RATINGS
from alliance_match.transfer.session_file import SESSIONS
from alliance_match.transfer.text_lines import TextLines
from alliance_match.transfer.therapist_file import THERAPISTS
from alliance_match.vocabulary import is_never_used
from surveys.services import instruments_install

TABLES = (THERAPISTS, CLIENTS, SESSIONS, RATINGS)
BATCH = 2_000
Progress = Callable[[str, int, int], None]


class NothingToImportError(Exception):
    """The directory is none, or holds none of the files."""


@dataclass
class ImportReport:
    """What an import did, or would have done where it has faults or was only a trial."""

    faults: Faults
    tallies: dict[str, RowCounts] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    hidden_traits: list[tuple[str, str]] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many rows were new or changed."""
        return sum(tally.written for tally in self.tallies.values())


def clinic_import(
    *,
    clinic: Clinic,
    directory: Path,
    by: Actor,
    dry_run: bool = False,
    allow_traits: bool = False,
    progress: Progress = lambda file, position, size: None,
) -> ImportReport:
    """Store the files of a directory in one transaction; with a fault anywhere nothing is stored.

    Raises NothingToImportError, with the reason.
    """
    definitions, warnings = _files_find(directory)
    run = ImportRun(clinic=clinic, by=by, faults=Faults(), warnings=warnings)
    report = ImportReport(faults=run.faults, warnings=warnings)
    with transaction.atomic():
        # Two imports at once would each take the other's rows for missing.
        Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
        instruments_install(by=by)
        for definition in definitions:
            report.tallies[definition.file] = _file_store(run, definition, directory, report, progress)
        if not report.faults:
            if allow_traits:
                _allow_traits(clinic, report, by)
            _import_record(clinic, definitions, report, by)
        if report.faults or dry_run:
            transaction.set_rollback(True)
    return report


def _files_find(directory: Path) -> tuple[list[FileDefinition], list[str]]:
    """The known files of a directory, and a warning for each other CSV file."""
    try:
        names = sorted(entry.name for entry in directory.iterdir())
    except OSError as error:
        raise NothingToImportError(f"{directory} cannot be read: {error.strerror}") from None
    known = [definition.file for definition in TABLES]
    found = [definition for definition in TABLES if definition.file in names]
    if not found:
        raise NothingToImportError(f"{directory} holds none of {', '.join(known)}")
    others = [name for name in names if name.lower().endswith(".csv") and name not in known]
    return found, [f"{name} is left out{_correction(name, known)}" for name in others]


def _correction(name: str, known: list[str]) -> str:
    near = get_close_matches(Path(name.lower()).stem, [Path(file).stem for file in known], n=1)
    return f"; did you mean {near[0]}.csv?" if near else f"; only {', '.join(known)} are read"


def _file_store(
    run: ImportRun, definition: FileDefinition, directory: Path, report: ImportReport, progress: Progress
) -> RowCounts:
    run.begin(definition.file)
    tally = RowCounts()
    try:
        lines = TextLines(directory / definition.file)
    except CellError as fault:
        run.faults.add(definition.file, 1, None, str(fault))
        run.blind.add(definition.code)
        return tally
    with lines:
        reader = FileReader(run, definition, lines)
        if not reader.columns:
            run.blind.add(definition.code)
        for batch in _batches(reader.rows()):
            tally += _batch_store(run, definition, batch)
            progress(definition.file, lines.position, lines.size)
    if definition.side is not None:
        report.hidden_traits += _hidden_traits(run.clinic, definition.side, reader.traits)
    return tally


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _batch_store(run: ImportRun, definition: FileDefinition, batch: list[Row]) -> RowCounts:
    try:
        with transaction.atomic():
            return definition.store(run, batch)
    except (IntegrityError, DataError) as error:
        lines = f"{batch[0].line:,} to {batch[-1].line:,}"
        run.faults.add(
            definition.file, None, None, f"the database refuses lines {lines}: {_broken_rule(error)}"
        )
        for row in batch if definition.code else ():
            run.spoilt[definition.code].add(row.values[definition.code])
        return RowCounts()


def _broken_rule(error: Exception) -> str:
    """What the database was asked to keep, in words; its message would repeat the row."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return f"its rule “{constraint.replace('_', ' ')}” is broken" if constraint else "a value does not fit"


def _hidden_traits(clinic: Clinic, side: AllowedTrait.Side, names: list[str]) -> list[tuple[str, str]]:
    """Which of these traits the estimator does not see, but might."""
    allowed = set(AllowedTrait.objects.in_clinic(clinic).filter(side=side).values_list("name", flat=True))
    return [(side.value, name) for name in names if name not in allowed and not is_never_used(name)]


def _allow_traits(clinic: Clinic, report: ImportReport, by: Actor) -> None:
    rows = [AllowedTrait(clinic=clinic, side=side, name=name) for side, name in report.hidden_traits]
    AllowedTrait.objects.bulk_create(rows)
    count = len(rows)
    bulk_event_record(by=by, verb="clinic_import", of=AllowedTrait, count=count, clinic_id=clinic.pk)
    report.hidden_traits = []


def _import_record(
    clinic: Clinic, definitions: Sequence[FileDefinition], report: ImportReport, by: Actor
) -> None:
    """How many rows of each file were written; who repeats an import writes none."""
    for definition in definitions:
        model, count = definition.stored(clinic).model, report.tallies[definition.file].written
        bulk_event_record(by=by, verb="clinic_import", of=model, count=count, clinic_id=clinic.pk)
