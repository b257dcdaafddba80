"""What is the same for many tests is made once, and laid into the database of each.

A world is the rows that `make` stores, as they lie in their tables, and what it returns. Whoever opens it has
both as `make` left them, with the same keys, whatever other tests did with theirs.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, transaction

from alliance_match.matching.models import RescoreLock
from tests import databases

COLUMNS = """
    SELECT attrelid::regclass::text, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    GROUP BY attrelid
"""


@dataclass(frozen=True)
class World:
    """Rows by table and its columns, and what goes with them."""

    rows: dict[str, bytes]
    people: bytes

    def open(self) -> Any:
        """Lay the rows into the database as they are, without triggers; what was made."""
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for table, rows in self.rows.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", BytesIO(rows))
            cursor.execute("SET session_replication_role = origin")
        return pickle.loads(self.people)


def world(make: Callable[[], Any]) -> World:
    """Make a world, and leave nothing of it in the database."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic(), connection.cursor() as cursor:
        blur_steady(patch)
        begun = databases.newest_transaction()
        people = pickle.dumps(make())
        cursor.execute(COLUMNS)
        kept = {
            f"{table} ({columns})": rows_since(begun, table, columns) for table, columns in cursor.fetchall()
        }
        transaction.set_rollback(True)
    return World({table: rows for table, rows in kept.items() if rows}, people)


def rows_since(begun: int, table: str, columns: str) -> bytes:
    """The rows of a table that a transaction and its savepoints stored, as COPY writes them."""
    rows = BytesIO()
    with connection.cursor() as cursor:
        since = f"xmin::text::bigint >= {begun}"
        cursor.copy_expert(f"COPY (SELECT {columns} FROM {table} WHERE {since}) TO STDOUT", rows)
    return rows.getvalue()


def blur_steady(patch: pytest.MonkeyPatch) -> None:
    """What is published is blurred alike in every run."""
    field = RescoreLock._meta.get_field("blur_secret")
    patch.setattr(field, "_get_default", lambda: b"a secret of tests")
