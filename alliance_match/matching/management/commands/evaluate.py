"""Whether a clinic's predictions deserve trust, judged forward in time and on therapists never seen."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance_match.accounts.commands import add_clinic_argument, clinic_named
from alliance_match.matching.services import clinic_judge
from alliance_match.matching.services.judging import ENOUGH_TO_EVALUATE, Judgement
from alliance_match.prediction import ENOUGH_TO_CALIBRATE, EstimationError


class Command(BaseCommand):
    help = "Forecast the last fifth of the ratings, then those of therapists held out, and compare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            judgement = clinic_judge(clinic=clinic_named(options["clinic"]))
        except EstimationError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(as_json(judgement), indent=2))
        else:
            self.stdout.write("\n".join(as_text(judgement)))


def as_json(judgement: Judgement) -> dict[str, Any]:
    """The verdict, the figures forward in time, and under a name of their own those of unseen therapists."""
    unseen = {"unseen_therapists": judgement.unseen_therapists} if judgement.unseen_therapists else {}
    return {"verdict": judgement.verdict, **judgement.figures, **unseen}


def as_text(judgement: Judgement) -> list[str]:
    """The figures for people; alliance in points of 0–100."""
    lines = [f"Verdict: {judgement.verdict}"]
    if not judgement.figures:
        return [*lines, f"Fewer than {ENOUGH_TO_EVALUATE} rated pairs: nothing can be evaluated yet."]
    lines += [
        "",
        "Forward in time: the last fifth, forecast from the rest",
        *split_as_text(judgement.figures),
    ]
    if not judgement.unseen_therapists:
        return [*lines, "", "Fewer than three therapists: none can be held out."]
    title = "Therapists never seen: all ratings of a fifth of them at a time, forecast from the others'"
    return [*lines, "", title, *split_as_text(judgement.unseen_therapists)]


def split_as_text(found: Mapping[str, Any]) -> list[str]:
    """What was found on one way of holding ratings out."""
    count = found["ratings"]
    coverage = ", ".join(
        f"{level} held {share:.0%} ({share * count:.0f} of {count})"
        for level, share in found["coverage"].items()
    )
    spearman = "cannot tell" if found["spearman"] is None else f"{found['spearman']:.3f}"
    return [
        f"{count} ratings: error {found['rmse']:.1f} points (RMSE), R² {found['r2']:.3f}, "
        f"rank correlation within clients {spearman}",
        f"shrunken therapist mean: error {found['peer_rmse']:.1f} points",
        f"intervals: {coverage}",
        calibration_as_text(found["calibration"]),
        *(f"  R² {told(interval)}  {rung}" for rung, interval in found["ladder"].items()),
        f"match and slopes add {told(found['match_gain'])}; gain over therapist means {told(found['gain'])}",
    ]


def calibration_as_text(found: Mapping[str, Any]) -> str:
    """How far intervals have to reach here, and from how many ratings that is known."""
    count, reach = found["ratings"], found["reach"]
    if count < ENOUGH_TO_CALIBRATE:
        return f"calibration: the normal curve's, until {ENOUGH_TO_CALIBRATE} ratings can be held back"
    reaches = ", ".join(f"{level} {sds:.2f}" for level, sds in reach.items())
    return f"calibration: to hold so many of these {count}, standard deviations to go: {reaches}"


def told(interval: dict[str, float]) -> str:
    """An estimate with its 90 % interval."""
    return f"{interval['estimate']:+.3f} ({interval['low']:+.3f} to {interval['high']:+.3f})"
