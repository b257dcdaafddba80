"""Fit a clinic's estimator to all of its ratings and re-score whoever is looking."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance_match.accounts.commands import add_clinic_argument, clinic_named
from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import ModelSnapshot
from alliance_match.matching.services import FitNotConvergedError, clinic_fit
from alliance_match.prediction import EstimationError


class Command(BaseCommand):
    help = "Find new variances from all third-session ratings, store a snapshot, re-score every match."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        clinic = clinic_named(options["clinic"])
        try:
            snapshot = clinic_fit(clinic=clinic, by=SystemActor.COMMAND)
        except EstimationError as error:
            raise CommandError(str(error)) from None
        except FitNotConvergedError:
            raise CommandError(fit_not_used_notice(clinic)) from None
        seconds = time.monotonic() - began
        self.stdout.write(
            f"Snapshot {snapshot.number} of {clinic.name}: rated pairs {snapshot.rated}, "
            f"verdict “{snapshot.verdict}”, match lists {clinic.match_lists.count()}, {seconds:.1f} s."
        )


def fit_not_used_notice(clinic: Clinic) -> str:
    """What is in force where a fit did not converge."""
    snapshot = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    assert snapshot is not None
    return (
        f"The search for variances did not converge, so this fit is not used. Snapshot {snapshot.number} of "
        f"{clinic.name} is in force (“{snapshot.verdict}”); the nightly fit tries again."
    )
