"""Whether a clinic's predictions deserve trust, judged forward in time."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance_match.accounts.commands import add_clinic_argument, clinic_named
from alliance_match.matching.services import clinic_judge
from alliance_match.matching.services.judging import ENOUGH_TO_EVALUATE, Judgement
from alliance_match.prediction import EstimationError


class Command(BaseCommand):
    help = "Fit on the earlier four fifths of the ratings, forecast the last fifth, and compare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            judgement = clinic_judge(clinic=clinic_named(options["clinic"]))
        except EstimationError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps({"verdict": judgement.verdict, **judgement.figures}, indent=2))
        else:
            self.stdout.write("\n".join(as_text(judgement)))


def as_text(judgement: Judgement) -> list[str]:
    """The figures for people; alliance in points of 0–100."""
    lines = [f"Verdict: {judgement.verdict}"]
    found = judgement.figures
    if not found:
        return [*lines, f"Fewer than {ENOUGH_TO_EVALUATE} rated pairs: nothing can be evaluated yet."]
    coverage = ", ".join(f"{level} held {share:.0%}" for level, share in found["coverage"].items())
    spearman = "cannot tell" if found["spearman"] is None else f"{found['spearman']:.3f}"
    return [
        *lines,
        f"{found['ratings']} later ratings: error {found['rmse']:.1f} points (RMSE), R² {found['r2']:.3f}, "
        f"rank correlation within clients {spearman}",
        f"shrunken therapist mean: error {found['peer_rmse']:.1f} points",
        f"intervals: {coverage}",
        *(f"  R² {told(interval)}  {rung}" for rung, interval in found["ladder"].items()),
        f"match and slopes add {told(found['match_gain'])}; gain over therapist means {told(found['gain'])}",
    ]


def told(interval: dict[str, float]) -> str:
    """An estimate with its 90 % interval."""
    return f"{interval['estimate']:+.3f} ({interval['low']:+.3f} to {interval['high']:+.3f})"
