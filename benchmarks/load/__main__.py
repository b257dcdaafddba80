"""The site under load and misfortune, in real processes.

    python -m benchmarks.load chaos [--seed N …] [--only R1 …] [--short] [--naive]
    python -m benchmarks.load load [--quick] [--only lags …] [--output benchmarks/load.md]

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
    as_expected = True
    with processes.servers() as servers:
        os.environ |= servers.environment
        django.setup()
        from benchmarks.load.faults import FAULTS  # noqa: PLC0415  # models need Django set up
        from benchmarks.load.happen import happen  # noqa: PLC0415
        from benchmarks.load.scenarios import SCENARIOS  # noqa: PLC0415

        print("| scenario | seed | s | passed | found |\n|---|---|---|---|---|", flush=True)
        for seed in given.seed:
            for name in [] if given.naive else given.only or SCENARIOS:
                as_expected &= happen(servers, name, seed, short=given.short)
            for label, fault in FAULTS.items() if given.naive else ():
                if not given.only or fault.scenario in given.only:
                    as_expected &= not happen(servers, fault.scenario, seed, short=True, fault=label)
    return int(not as_expected)


def load(given: argparse.Namespace) -> int:
    """Measure, print, and write where asked to."""
    with processes.servers() as servers:
        os.environ |= servers.environment
        django.setup()
        from benchmarks.load import measures  # noqa: PLC0415  # models need Django set up

        effort = measures.QUICK if given.quick else measures.FULL
        report = Report()
        report.say(f"# Load of {datetime.now(UTC):%d %B %Y}{', quick' if given.quick else ''}")
        report.say(f"Machine: {machine()}. Commit {revision()}. Command: `{' '.join(sys.argv[1:])}`.")
        for measure in (measures.beside_plain_views, measures.lags, measures.saturation):
            if not given.only or measure.__name__ in given.only:
                measure(report, servers, effort)
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
    command.add_argument("--seed", type=int, nargs="+", default=[1])
    command.add_argument("--only", nargs="+")
    command.add_argument("--short", action="store_true", help="as little as shows the same")
    command.add_argument("--naive", action="store_true", help="plant naive designs: none may pass")
    command.set_defaults(command=chaos)
    command = commands.add_parser("load", help="measure the site under load")
    command.add_argument("--quick", action="store_true", help="a few minutes")
    command.add_argument("--only", nargs="+", choices=["beside_plain_views", "lags", "saturation"])
    command.add_argument("--output", type=Path)
    command.set_defaults(command=load)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return int(given.command(given))


if __name__ == "__main__":
    sys.exit(main())
