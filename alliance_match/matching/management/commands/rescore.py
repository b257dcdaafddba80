"""Process what is pending, here and now instead of in the worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance_match.accounts.commands import add_clinic_argument, clinic_named
from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import PendingRescore, RescoreRun
from alliance_match.matching.services import clinic_fit_if_needed, needs_fit, pending_rescores_process


class Command(BaseCommand):
    help = "Process all pending re-scores of a clinic; exit code 1 where something is still pending."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = clinic_named(options["clinic"])
        newest = RescoreRun.objects.in_clinic(clinic).first()
        _fit_if_needed(clinic)
        pending_rescores_process(clinic=clinic, by=SystemActor.COMMAND)
        for run in (
            RescoreRun.objects.in_clinic(clinic).filter(pk__gt=newest.pk if newest else 0).order_by("pk")
        ):
            self.stdout.write(
                f"{run.ratings} ratings added or removed, {run.lists} lists changed, "
                f"{run.moved} moved, {run.seconds:.1f} s."
            )
        left = PendingRescore.objects.in_clinic(clinic).count()
        if left:
            raise CommandError(
                f"{left} still pending: another worker is at it, or it failed and is tried again."
            )
        self.stdout.write("Nothing pending.")


def _fit_if_needed(clinic: Clinic) -> None:
    if needs_fit(clinic):
        clinic_fit_if_needed(clinic=clinic, by=SystemActor.COMMAND)
    if needs_fit(clinic):
        raise CommandError(
            f"{clinic.name} has no fit for its present features: another worker is at it, or it failed. "
            "The command fit_model says why."
        )
