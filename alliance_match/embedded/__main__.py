"""`python -m alliance_match.embedded run [--scratch] -- COMMAND…`, and `… demo [--once]`."""

import argparse
import sys

from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.running import run


def main() -> int:
    """Do what the command line asks for and return the exit code."""
    options = _parser().parse_args()
    try:
        return run(options.command, scratch=options.scratch)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m alliance_match.embedded")
    commands = parser.add_subparsers(dest="verb", required=True)
    running = commands.add_parser("run", help="run a command with PostgreSQL and Valkey behind it")
    running.add_argument("--scratch", action="store_true", help="use servers that are thrown away afterwards")
    running.add_argument("command", nargs="+", metavar="-- COMMAND")
    return parser


if __name__ == "__main__":
    sys.exit(main())
