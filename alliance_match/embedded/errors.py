"""The one error that ends a command with a line for its user and no traceback."""


class EmbeddedError(Exception):
    """Something the user can act on; the text says what happened and what to do."""
