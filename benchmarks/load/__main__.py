"""The site under load and misfortune, in real processes.

    python -m benchmarks.load chaos [--seeds 1-5] [--only R1 …] [--short | --full] [--naive] [--output FILE]
    python -m benchmarks.load load [--quick] [--large | --only lags …] [--output FILE]

benchmarks/README.md says what it shows.
"""

import argparse
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

from benchmarks.load import processes
from benchmarks.machine import machine, revision
from benchmarks.report import Report


def chaos(given: argparse.Namespace) -> int:
    """Let each scenario happen, print a row for each; 1 where one does not pass, or a naive design does."""
    report = Report()
    with processes.servers() as servers:
        os.environ |= servers.environment
        django.setup()
        from benchmarks.load.chaos import Plan, results, seeds_of, tell  # noqa: PLC0415  # models need Django
        from benchmarks.load.scenarios import SCENARIOS  # noqa: PLC0415

        plan = Plan(
            seeds=seeds_of(given.seeds),
            scenarios=given.only or list(SCENARIOS),
            naive=given.naive or given.output is not None,
            ours=not given.naive,
            short=given.short,
            full=given.full,
        )
        found = results(servers, plan)
    if given.output:
        _head(report, "Chaos")
        tell(report, plan, found)
        given.output.write_text(str(report), encoding="utf-8")
    return int(not all(one.as_expected for one in found))


def _head(report: Report, title: str) -> None:
    report.say(f"# {title} of {datetime.now(UTC):%d %B %Y}")
    report.say(f"Machine: {machine()}. Commit {revision()}. Command: `{' '.join(sys.argv[1:])}`.")


def load(given: argparse.Namespace) -> int:
    """Measure, print, and write where asked to."""
    with processes.servers() as servers:
        os.environ |= servers.environment
        django.setup()
        from benchmarks.load import large, measures  # noqa: PLC0415  # models need Django set up

        effort = measures.QUICK if given.quick else measures.FULL
        report = Report()
        _head(report, "Quick load" if given.quick else "Load")
        for measure in (
            () if given.large else (measures.beside_plain_views, measures.lags, measures.saturation)
        ):
            if not given.only or measure.__name__ in given.only:
                measure(report, servers, effort)
        if given.large:
            large.large(report, servers, large.QUICK if given.quick else large.FULL)
    if given.output:
        given.output.write_text(str(report), encoding="utf-8")
    return 0


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("chaos", help="let misfortunes happen")
    command.add_argument("--seeds", nargs="+", default=["1"], help="1-5, or 1 3 7; the first one in full")
    command.add_argument("--only", nargs="+")
    command.add_argument("--short", action="store_true", help="as little as shows the same, with each seed")
    command.add_argument("--full", action="store_true", help="as much as there is of it, with each seed")
    command.add_argument("--naive", action="store_true", help="nothing but naive designs: none may pass")
    command.add_argument("--output", type=Path, help="write it down, naive designs included")
    command.set_defaults(command=chaos)
    command = commands.add_parser("load", help="measure the site under load")
    command.add_argument("--quick", action="store_true", help="a few minutes")
    command.add_argument("--only", nargs="+", choices=["beside_plain_views", "lags", "saturation"])
    command.add_argument("--large", action="store_true", help="nothing but a large clinic; an hour")
    command.add_argument("--output", type=Path)
    command.set_defaults(command=load)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return int(given.command(given))


if __name__ == "__main__":
    sys.exit(main())
