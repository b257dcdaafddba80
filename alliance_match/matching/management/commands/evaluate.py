"""Whether a clinic's predictions deserve trust: evaluated forward in time, on therapists never seen, and by
what would be suggested if those who left early had felt worse."""

import json
import math
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance_match.accounts.commands import add_clinic_argument, clinic_named
from alliance_match.matching.services import clinic_evaluate, clinic_sensitivity
from alliance_match.matching.services.evaluation import ENOUGH_TO_EVALUATE, ClinicEvaluation
from alliance_match.prediction import ENOUGH_TO_CALIBRATE, EstimationError, Sensitivity


class Command(BaseCommand):
    help = "Forecast the last fifth of the ratings, then those of therapists held out, and compare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = clinic_named(options["clinic"])
        try:
            evaluation, dropouts = clinic_evaluate(clinic=clinic), clinic_sensitivity(clinic=clinic)
        except EstimationError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            found = as_json(evaluation) | {"dropouts": [sensitivity_as_json(one) for one in dropouts]}
            self.stdout.write(json.dumps(found, indent=2))
        else:
            self.stdout.write("\n".join([*as_text(evaluation), "", *sensitivity_as_text(dropouts)]))


def as_json(evaluation: ClinicEvaluation) -> dict[str, Any]:
    """The verdict, the figures forward in time, and under a name of their own those of unseen therapists."""
    unseen = {"unseen_therapists": evaluation.unseen_therapists} if evaluation.unseen_therapists else {}
    return {"verdict": evaluation.verdict, **evaluation.figures, **unseen}


def as_text(evaluation: ClinicEvaluation) -> list[str]:
    """The figures for people; alliance in points of 0–100."""
    lines = [f"Verdict: {evaluation.verdict}"]
    if not evaluation.figures:
        return [*lines, f"Fewer than {ENOUGH_TO_EVALUATE} rated pairs: nothing can be evaluated yet."]
    lines += [
        "",
        "Forward in time: the last fifth, forecast from the rest",
        *split_as_text(evaluation.figures),
    ]
    if not evaluation.unseen_therapists:
        return [*lines, "", "Fewer than three therapists: none can be held out."]
    title = "Therapists never seen: all ratings of a fifth of them at a time, forecast from the others'"
    return [*lines, "", title, *split_as_text(evaluation.unseen_therapists)]


def sensitivity_as_json(found: Sensitivity) -> dict[str, Any]:
    """The figures by name; a rank correlation that could not be had is null."""
    correlation = None if math.isnan(found.correlation) else found.correlation
    return asdict(found) | {"correlation": correlation}


def sensitivity_as_text(dropouts: Sequence[Sensitivity]) -> list[str]:
    """What would be suggested if those who left early had felt worse than is forecast for them."""
    if not dropouts:
        return ["Dropouts: there are none, or no fit and no listed therapist to ask what they change."]
    title = f"Dropouts: {dropouts[0].dropouts} pairs ended before they could be rated. If they had felt worse"
    return [f"{title} than is forecast:", *(line for one in dropouts for line in shift_as_text(one))]


def shift_as_text(found: Sensitivity) -> list[str]:
    """What would be another if each had felt so many points worse."""
    order = "cannot tell" if math.isnan(found.correlation) else f"{found.correlation:.3f}"
    looking = f"{found.changed} of {found.clients} clients who are looking"
    moves = f"{found.median_move:.1f} points in the median and {found.largest_move:.1f} at most"
    return [
        f"  by {found.shift:g} points, the first suggestion would be another for {looking};",
        f"    therapists' levels would move by {moves}, rank correlation with today's {order}",
    ]


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
        *(f"  R² {with_interval(interval)}  {model}" for model, interval in found["nested_r2"].items()),
        f"match and slopes add {with_interval(found['match_gain'])}; "
        f"gain over therapist means {with_interval(found['gain'])}",
    ]


def calibration_as_text(found: Mapping[str, Any]) -> str:
    """How far intervals have to reach here, and from how many ratings that is known."""
    count, reach = found["ratings"], found["reach"]
    if count < ENOUGH_TO_CALIBRATE:
        return f"calibration: the normal curve's, until {ENOUGH_TO_CALIBRATE} ratings can be held back"
    reaches = ", ".join(f"{level} {sds:.2f}" for level, sds in reach.items())
    return f"calibration: to hold so many of these {count}, standard deviations to go: {reaches}"


def with_interval(interval: dict[str, float]) -> str:
    """An estimate with its 90 % interval."""
    return f"{interval['estimate']:+.3f} ({interval['low']:+.3f} to {interval['high']:+.3f})"
