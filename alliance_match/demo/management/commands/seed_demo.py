"""Open the demo clinic, fit its estimator, and say how to look around."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from alliance_match.audit.actors import SystemActor
from alliance_match.demo.services import demo_open
from alliance_match.insights.services import releases_make
from alliance_match.matching.models import ModelSnapshot
from alliance_match.matching.services import clinic_fit


class Command(BaseCommand):
    help = "Open a clinic of made-up people (only with ALLIANCE_DEMO=1); doing it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo logs anybody in without a password: it needs ALLIANCE_DEMO=1.")
        clinic = demo_open(by=SystemActor.DEMO)
        if not ModelSnapshot.objects.in_clinic(clinic).exists():
            clinic_fit(clinic=clinic, by=SystemActor.DEMO)
            releases_make(clinic=clinic, by=SystemActor.DEMO)
        snapshot = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
        assert snapshot is not None
        self.stdout.write(
            f"{clinic.name}: {clinic.therapists.count()} therapists, {snapshot.rated} third-session ratings."
        )
