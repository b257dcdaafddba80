"""The estimator beside its peers.

    python -m benchmarks run [--quick] [--only PART …] [--output benchmarks/results.md]
    python -m benchmarks dyads --ratings F [--raters F] [--ratees F]
    python -m benchmarks convert OUT_DIR [--insteval InstEval.csv]

`run` ends with 1 if a target is missed; parts alone are not written.
benchmarks/README.md has the columns of the files.
"""

import argparse
import sys
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from alliance_match.prediction import EstimationError, evaluate
from benchmarks import insteval
from benchmarks.accuracy import accuracy, installed
from benchmarks.compare import compare, nested
from benchmarks.dyads import read
from benchmarks.effort import FULL, QUICK, Effort
from benchmarks.machine import machine, revision, versions
from benchmarks.parity import parity
from benchmarks.peers import intercepts
from benchmarks.privacy import privacy
from benchmarks.report import Report
from benchmarks.sheets import InputError
from benchmarks.speed import speed

PARTS = ("parity", "accuracy", "speed", "privacy", "insteval")


def run(given: argparse.Namespace) -> int:
    """Measure the parts asked for; 1 if a target is missed."""
    effort: Effort = QUICK if given.quick else FULL
    report = Report()
    report.say(f"# Benchmark of {datetime.now(UTC):%d %B %Y}{', quick' if given.quick else ''}")
    report.say(f"Machine: {machine()}.")
    report.say(f"Versions: {versions()}; commit {revision()}.")
    opening = len(report.blocks)
    parts: dict[str, Callable[[], None]] = {
        "parity": lambda: parity(report),
        "accuracy": lambda: accuracy(report, effort),
        "speed": lambda: speed(report, effort),
        "privacy": lambda: privacy(report, effort.attacks),
        "insteval": lambda: insteval.insteval(report, given.insteval, long=effort.long),
    }
    for name, measure in parts.items():
        if name in given.only:
            measure()
    report.verdicts(opening)
    if given.output and set(given.only) == set(PARTS):
        given.output.write_text(str(report), encoding="utf-8")
    return 1 if report.missed else 0


def dyads(given: argparse.Namespace) -> int:
    """Compare on somebody's own ratings."""
    report = Report()
    try:
        found = read(given.ratings, given.raters, given.ratees)
        held_out, how = found.held_out()
        for note in found.notes:
            report.say(f"{note}.")
        report.say(f"{int(held_out.sum())} of {len(found.table)} ratings held out: {how}.")
        peers = installed(report, (*insteval.ALL_PEERS[:1], intercepts.PEER, *insteval.ALL_PEERS[1:]))
        # What the estimator refuses is told before the peers have taken their minutes.
        evaluation = evaluate(found.table, held_out)
        compare(report, found.table, held_out, peers, found.step)
        nested(report, evaluation)
    except (InputError, EstimationError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def convert(given: argparse.Namespace) -> int:
    """Write InstEval as a clinic's import files."""
    insteval.convert(given.insteval, given.out)
    return 0


def parser() -> argparse.ArgumentParser:
    """The three commands and what they take."""
    found = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = found.add_subparsers(required=True)
    command = commands.add_parser("run", help="everything, or some parts")
    command.add_argument("--quick", action="store_true", help="at most five minutes")
    command.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    command.add_argument("--output", type=Path)
    command.add_argument("--insteval", type=Path, default=insteval.DATA)
    command.set_defaults(command=run)
    command = commands.add_parser("dyads", help="your own ratings")
    command.add_argument("--ratings", type=Path, required=True)
    command.add_argument("--raters", type=Path)
    command.add_argument("--ratees", type=Path)
    command.set_defaults(command=dyads)
    command = commands.add_parser("convert", help="InstEval as a clinic's files")
    command.add_argument("out", type=Path)
    command.add_argument("--insteval", type=Path, default=insteval.DATA)
    command.set_defaults(command=convert)
    return found


if __name__ == "__main__":
    arguments = parser().parse_args()
    # Peers warn at length, and switch filters back on when they are imported; a record takes it all.
    with warnings.catch_warnings(record=True):
        code = arguments.command(arguments)
    sys.exit(code)
