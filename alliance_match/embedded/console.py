"""Lines for whoever sits at the terminal, which may have gone."""

import os
import sys


def say(line: str) -> None:
    """Write a line at once; when nobody can read it any more, go on in silence."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        # What is still in the buffer would fail again at exit and change the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
