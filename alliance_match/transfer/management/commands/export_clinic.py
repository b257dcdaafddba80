"""Write a clinic's data to CSV files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance_match.accounts.commands import add_clinic_argument, clinic_named
from alliance_match.transfer.command_output import ProgressBar, database_errors_in_one_line
from alliance_match.transfer.exporting import CannotExportError, clinic_export


class Command(BaseCommand):
    help = "Write therapists.csv, clients.csv, sessions.csv and ratings.csv, as import_clinic reads them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR")
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with database_errors_in_one_line(), ProgressBar() as bar:
            try:
                counts = clinic_export(
                    clinic=clinic_named(options["clinic"]),
                    directory=options["directory"],
                    progress=bar.show,
                )
            except CannotExportError as error:
                raise CommandError(str(error)) from None
        for file, rows in counts.items():
            self.stdout.write(f"{file}: {rows:,} rows")
