"""The site under load and misfortune, in real processes.

    python -m benchmarks.load chaos [--seed N …] [--only R1 …] [--short] [--naive]

benchmarks/README.md says what it shows.
"""

import argparse
import os
import signal
import sys

import django

from benchmarks.load import processes


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
            for label in FAULTS if given.naive else ():
                as_expected &= not happen(servers, FAULTS[label].scenario, seed, short=True, fault=label)
    return int(not as_expected)


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
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return int(given.command(given))


if __name__ == "__main__":
    sys.exit(main())
