"""Lines for whoever sits at the terminal, which may have gone."""

import os
import select
import sys

STANDARD_OUTPUT = 1


def print_line(line: str) -> None:
    """Write a line at once; when nobody can read it any more, go on in silence."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        # What is still in the buffer would fail again at exit and change the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), STANDARD_OUTPUT)


def has_hung_up() -> bool:
    """Say whether our terminal has gone.

    The signal for it goes to the first process of the session alone, and make, when it is that, keeps it.
    """
    poll = select.poll()
    poll.register(STANDARD_OUTPUT, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))
