"""Read a clinic's data from CSV files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance_match.accounts.commands import add_clinic_argument, clinic_named
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.tasks import notify_worker
from alliance_match.transfer.command_output import ProgressBar, database_errors_in_one_line
from alliance_match.transfer.importing import ImportReport, NothingToImportError, clinic_import


class Command(BaseCommand):
    help = "Store therapists.csv, clients.csv, sessions.csv and ratings.csv of a directory, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR")
        add_clinic_argument(parser)
        parser.add_argument("--dry-run", action="store_true", help="find every fault, store nothing")
        parser.add_argument(
            "--allow-traits", action="store_true", help="let the estimator see every trait_* column there is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with database_errors_in_one_line(), ProgressBar() as bar:
            try:
                report = clinic_import(
                    clinic=clinic_named(options["clinic"]),
                    directory=options["directory"],
                    dry_run=options["dry_run"],
                    allow_traits=options["allow_traits"],
                    progress=bar.show,
                    by=SystemActor.COMMAND,
                )
            except NothingToImportError as error:
                raise CommandError(str(error)) from None
        self._tell_faults(report)
        self._tell(report, dry_run=options["dry_run"])
        if report.changes and not options["dry_run"]:
            notify_worker()

    def _tell_faults(self, report: ImportReport) -> None:
        """Name every fault. Raises CommandError where there is one."""
        for warning in report.warnings:
            self.stderr.write(f"warning: {warning}")
        if report.faults:
            self.stderr.write("\n".join(str(fault) for fault in report.faults.kept()))
            raise CommandError(f"{report.faults.summary()}; nothing was stored.")

    def _tell(self, report: ImportReport, *, dry_run: bool) -> None:
        for file, tally in report.tallies.items():
            self.stdout.write(f"{file}: {tally}")
        for side in dict.fromkeys(side for side, _ in report.hidden_traits):
            names = ", ".join(name for of, name in report.hidden_traits if of == side)
            self.stdout.write(
                f"Traits of {side}s that suggestions do not use yet: {names}. An admin allows them on"
                " the page “Re-scoring”, or --allow-traits allows them all."
            )
        if dry_run:
            self.stdout.write("This was a dry run: nothing was stored.")
