"""`python -m alliance_match.embedded run [--scratch] -- COMMAND…`, and `… demo [--once]`."""

import argparse
import sys

from alliance_match.embedded.demo import demo
from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.run_command import run


def main() -> int:
    """Do what the command line asks for and return the exit code."""
    options = _parser().parse_args()
    try:
        if options.verb == "run":
            run(options.command, scratch=options.scratch)
        return demo(once=options.once)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m alliance_match.embedded")
    verbs = parser.add_subparsers(dest="verb", required=True)
    running = verbs.add_parser("run", help="run a command with PostgreSQL and Valkey behind it")
    running.add_argument("--scratch", action="store_true", help="use servers that are thrown away afterwards")
    running.add_argument("command", nargs="+", metavar="-- COMMAND")
    demonstrating = verbs.add_parser("demo", help="run the application with a made-up clinic")
    demonstrating.add_argument("--once", action="store_true", help="stop after one rating was scored")
    return parser


if __name__ == "__main__":
    sys.exit(main())
