"""Real third-session ratings: one through the web moves its own list; published with others it moves all."""

import secrets
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum

from alliance_match.accounts.models import Clinic, Role
from alliance_match.accounts.views import DEMO_CLINIC, DEMO_PEOPLE
from alliance_match.audit.actors import SystemActor
from alliance_match.demo.browser import Browser
from alliance_match.demo.services import walk_in_answer, walk_in_create
from alliance_match.matching.models import PendingRescore, RescoreRun, TrainingRow
from alliance_match.matching.services import publish
from alliance_match.matching.tasks import notify_worker
from clients.models import Session

ANSWERS = {f"item_{k}": "9" for k in range(1, 7)} | {"bond": "yes", "comment_reader": "nobody"}
PATIENCE = 60.0
PAUSE = 0.05


class Command(BaseCommand):
    help = "Post a made-up client's third-session rating, publish it with others, and wait for the new lists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", required=True, help="where the site answers")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.get(slug=DEMO_CLINIC)
        password = secrets.token_urlsafe(16)
        first = walk_in_create(clinic=clinic, password=password, by=SystemActor.DEMO)
        others = [
            walk_in_create(clinic=clinic, password=None, by=SystemActor.DEMO)
            for _ in range(raters_to_publish(clinic) - 1)
        ]
        notify_worker()
        wait_until_rescored(clinic)
        last = newest_run(clinic)
        took = rating_post(options["url"], first, password)
        waited = wait_for_own_list(clinic, after=last)
        for session in others:  # not through the web, which lets one machine log in only so often
            walk_in_answer(session=session, by=SystemActor.DEMO)
        notify_worker()
        wait_until_rescored(clinic)
        last = newest_run(clinic)
        publish(clinic=clinic, by=SystemActor.DEMO)
        notify_worker()
        wait_until_rescored(clinic)
        lists = lists_changed(clinic, after=last)
        if not lists:
            raise CommandError("Ratings were published, but no list changed.")
        self.stdout.write(
            f"A third-session rating was posted ({took:.2f} s) and moved its own list {waited:.1f} s later; "
            f"published with {len(others)} others, it moved {lists} lists."
        )


def raters_to_publish(clinic: Clinic) -> int:
    """So many that what they rate of Mara is published: more than a fifth of her raters."""
    of_mara = TrainingRow.objects.in_clinic(clinic).filter(therapist__user__email=DEMO_PEOPLE[Role.THERAPIST])
    return of_mara.values("client").distinct().count() // 4 + 2


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


def lists_changed(clinic: Clinic, *, after: int) -> int:
    """How many lists changed since a re-score."""
    found = RescoreRun.objects.in_clinic(clinic).filter(pk__gt=after)
    return found.aggregate(lists=Sum("lists"))["lists"] or 0


def wait_for_own_list(clinic: Clinic, *, after: int) -> float:
    """Wait until the worker took a rating in and its rater's list changed; returns how long, in seconds."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        if lists_changed(clinic, after=after):
            return time.monotonic() - began
        time.sleep(PAUSE)
    raise CommandError(f"The rating moved no list within {PATIENCE:.0f} s: is the worker running?")
