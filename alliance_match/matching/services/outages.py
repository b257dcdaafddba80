"""A database that went away, distinguished from work that failed: the first is no attempt."""

import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection

from alliance_match.pages.outages import is_outage

PATIENCE = 20.0  # seconds; a task may take sixty in all
# Classes of SQLSTATE: connection exceptions, insufficient resources, operator intervention.
AWAY = ("08", "53", "57P")


def is_database_outage(error: BaseException | None) -> bool:
    """Whether this error says that the database went away; one that it reports of a statement does not.

    A statement that ran or waited too long, or was in a deadlock, would do so again and is a failure as any.
    """
    if error is None or not is_outage(error):
        return False
    state = getattr(error.__cause__, "pgcode", None)
    return state is None or state.startswith(AWAY)


def retry_when_available(work: Callable[[], None]) -> None:
    """Do this once the database answers again. Raises its error where that takes more than `PATIENCE`."""
    began = time.monotonic()
    while True:
        try:
            return work()
        except (DatabaseError, InterfaceError) as error:
            if not is_database_outage(error) or time.monotonic() - began > PATIENCE:
                raise
        time.sleep(0.5)
        connection.close_if_unusable_or_obsolete()
