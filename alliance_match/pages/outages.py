"""Errors that say: the database is away, or does not come to it in time. Trying again may help."""

from django.db import DatabaseError, InterfaceError, OperationalError


def is_outage(error: BaseException | None) -> bool:
    """Whether a request failed because of the database's state, and not because of what it asked.

    What PostgreSQL ends after a timeout is one of these too: of a statement, a lock or an idle transaction.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return True
    # Of a server that dies in the middle of an answer psycopg2 says nothing more precise; Django's own error,
    # that there was no row to update, comes from no driver.
    if type(error) is not DatabaseError or error.__cause__ is None:
        return False
    return getattr(error.__cause__, "pgcode", None) is None
