"""Publish what was rated, here and now instead of at night."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance_match.accounts.commands import add_clinic_argument, clinic_named
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import ModelSnapshot
from alliance_match.matching.services import pending_rescores_process, publish


class Command(BaseCommand):
    help = "Publish the newest state of a clinic's estimator and score every list anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = clinic_named(options["clinic"])
        try:
            published = publish(clinic=clinic, by=SystemActor.COMMAND)
        except ModelSnapshot.DoesNotExist:
            raise CommandError("Nothing is fitted yet: run fit_model first.") from None
        pending_rescores_process(clinic=clinic, by=SystemActor.COMMAND)
        self.stdout.write(
            f"Publication {published.number} of {clinic.name}: rated pairs {published.rated}, "
            f"match lists {clinic.match_lists.count()}."
        )
