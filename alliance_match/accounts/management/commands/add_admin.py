"""Let somebody run a clinic: where no admin can log in any more, nobody else can invite one."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from alliance_match.accounts.commands import add_clinic_argument, clinic_named
from alliance_match.accounts.services import AlreadyHereError, admin_add
from alliance_match.audit.actors import SystemActor


class Command(BaseCommand):
    help = "Make somebody an admin of a clinic, who then sets a password by “forgotten password”."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="E-MAIL")
        parser.add_argument("--name", required=True)
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = clinic_named(options["clinic"])
        try:
            validate_email(options["email"])
            user = admin_add(
                clinic=clinic, email=options["email"], name=options["name"], by=SystemActor.COMMAND
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except AlreadyHereError:
            raise CommandError("a client of this clinic has this address") from None
        self.stdout.write(f"{user.email} runs {clinic.name} ({clinic.slug}).")
