"""The errors that end a command with a line for its user and no traceback."""


class EmbeddedError(Exception):
    """Something the user can act on; the text says what happened and what to do."""

    exit_code = 1


class CommandNotFoundError(EmbeddedError):
    """There is no such command; the exit code is the shell's for that."""

    exit_code = 127
