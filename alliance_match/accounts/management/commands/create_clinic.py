"""Open a clinic on this installation and make its first admin."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from alliance_match.accounts.services import clinic_create
from alliance_match.audit.actors import SystemActor


class Command(BaseCommand):
    help = "Create a clinic and its first admin, who then sets a password by “forgotten password”."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name, used by the other commands")
        parser.add_argument("--name", required=True)
        parser.add_argument("--admin", required=True, metavar="E-MAIL")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--crisis-line", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            clinic = clinic_create(
                name=options["name"],
                slug=options["slug"],
                admin_email=options["admin"],
                time_zone=options["time_zone"],
                crisis_line=options["crisis_line"],
                by=SystemActor.COMMAND,
            )
        except ValidationError as error:
            said = (f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
            raise CommandError("; ".join(said)) from None
        self.stdout.write(f"Created {clinic.name} ({clinic.slug}).")
