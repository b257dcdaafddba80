"""Whether what we stand on answers."""

import logging

from django.conf import settings
from django.db import DatabaseError, connection
from kombu import Connection

log = logging.getLogger(__name__)
PATIENCE = 1  # seconds; whoever asks for health asks again soon


def database_answers() -> bool:
    """Whether the database answers a question."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        return False
    return True


def broker_answers() -> bool:
    """Whether the broker takes a connection. Without it re-scoring is late, and nothing else is lost."""
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=_connection_options()) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE)
    except Exception as error:  # a transport raises whatever its client raises
        log.warning("the broker does not answer: %s", type(error).__name__)
        return False
    return True


def _connection_options() -> dict[str, float]:
    return {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
