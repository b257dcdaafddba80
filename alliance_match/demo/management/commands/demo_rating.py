"""One real third-session rating, through the web, and the worker's answer to it."""

import secrets
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.views import DEMO_CLINIC
from alliance_match.audit.actors import SystemActor
from alliance_match.demo.browser import Browser
from alliance_match.demo.services import walk_in_create
from alliance_match.matching.models import PendingRescore, RescoreRun
from alliance_match.matching.services import publish
from alliance_match.matching.tasks import notify_worker
from clients.models import Session

ANSWERS = {f"item_{k}": "9" for k in range(1, 7)} | {"bond": "yes", "comment_reader": "nobody"}
PATIENCE = 60.0
PAUSE = 0.05


class Command(BaseCommand):
    help = "Post a made-up client's third-session rating publish it, and wait until the worker re-scored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", required=True, help="where the site answers")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.get(slug=DEMO_CLINIC)
        password = secrets.token_urlsafe(16)
        session = walk_in_create(clinic=clinic, password=password, by=SystemActor.DEMO)
        notify_worker()
        wait_until_rescored(clinic)
        last = newest_run(clinic)
        took = rating_post(options["url"], session, password)
        waited = wait_for_rating(clinic, after=last)
        publish(clinic=clinic, by=SystemActor.DEMO)
        notify_worker()
        wait_until_rescored(clinic)
        found = RescoreRun.objects.in_clinic(clinic).filter(pk__gt=last)
        changed = found.aggregate(lists=Sum("lists"), moved=Sum("moved"))
        if not changed["lists"]:
            raise CommandError("The worker was trained on the rating, but no list changed.")
        self.stdout.write(
            f"A third-session rating was posted ({took:.2f} s) and taken in {waited:.1f} s later; "
            f"published, it changed {changed['lists']} lists and the order of {changed['moved']}."
        )


def wait_until_rescored(clinic: Clinic) -> None:
    """Wait until the worker has processed everything from before the rating."""
    deadline = time.monotonic() + PATIENCE
    while PendingRescore.objects.in_clinic(clinic).exists():
        if time.monotonic() > deadline:
            raise CommandError("The worker does not process what is pending: is it running?")
        time.sleep(PAUSE)


def rating_post(url: str, session: Session, password: str) -> float:
    """Log in as the session's client and check in; returns how long the posting took, in seconds."""
    browser = Browser(url)
    user = session.episode.client.user
    assert user is not None
    try:
        browser.submit("/account/login/", {"login": user.email, "password": password})
        began = time.monotonic()
        browser.submit(f"/check-ins/{session.pk}/", ANSWERS)
    except OSError as error:
        raise CommandError(f"The site did not accept the rating: {error}") from None
    if not session.alliance_ratings.exists():
        raise CommandError("The site accepted the check-in, but there is no rating.")
    return time.monotonic() - began


def newest_run(clinic: Clinic) -> int:
    """The key of the newest re-score."""
    run = RescoreRun.objects.in_clinic(clinic).first()
    return run.pk if run else 0


def wait_for_rating(clinic: Clinic, *, after: int) -> float:
    """Wait for the worker to take a rating in; returns how long that took, in seconds."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        if RescoreRun.objects.in_clinic(clinic).filter(pk__gt=after, ratings__gt=0).exists():
            return time.monotonic() - began
        time.sleep(PAUSE)
    raise CommandError(f"The rating was not taken in within {PATIENCE:.0f} s: is the worker running?")
