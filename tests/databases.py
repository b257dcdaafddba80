"""Databases to test in are copies of templates, which whichever worker comes first makes once for all."""

import os
from collections.abc import Callable
from contextlib import closing, suppress
from uuid import uuid4

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, transaction

from alliance_match.audit.actors import SystemActor
from surveys.services import instruments_install

RUN = "ALLIANCE_TEST_RUN"  # names the run in the environment, which its workers inherit


def run_begin() -> None:
    """Give the run a name, before it has workers."""
    os.environ.setdefault(RUN, uuid4().hex[:8])


def run_end() -> None:
    """Drop the run's templates, after its workers have gone; a server that is not there keeps none."""
    with suppress(psycopg2.OperationalError), closing(_beside()) as beside, beside.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [_named("%")])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        drop(name)


def drop(name: str) -> None:
    """Drop a database, whoever is still connected to it."""
    with closing(_beside()) as beside, beside.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def migrated() -> str:
    """The template with the shipped instruments: to read their files for each test takes half of its time."""
    return template("migrated", lambda: instruments_install(by=SystemActor.COMMAND))


def template(kind: str, fill: Callable[[], object], of: str | None = None) -> str:
    """The name of a migrated database that `fill` has filled; it is begun as a copy of the template `of`."""
    name = _named(kind)
    with closing(_beside()) as beside, beside.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            _make(f"{name}_unfinished", fill, of)
            cursor.execute(f'ALTER DATABASE "{name}_unfinished" RENAME TO "{name}"')
    return name


def newest_transaction() -> int:
    """The number of this one; what is stored from now on carries it or a higher one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::xid::text::bigint")
        return int(cursor.fetchone()[0])


def empty(since: int) -> None:
    """Delete what was stored since a transaction. To give each table and index new files, as TRUNCATE does,
    and to have Django make its own rows again takes 30 times as long."""
    tables = sorted(connection.introspection.django_table_names(only_existing=True))
    names = [connection.ops.quote_name(table) for table in tables]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger asks who deletes
        cursor.execute("; ".join(f"DELETE FROM {name} WHERE xmin::text::bigint >= {since}" for name in names))


def _make(name: str, fill: Callable[[], object], of: str | None) -> None:
    before = connection.settings_dict["NAME"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict["TEST"], "NAME", name)
        patch.setitem(connection.settings_dict["TEST"], "TEMPLATE", of)
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        fill()
        connection.close()  # nobody may be connected to what is copied
        settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = before


def _named(kind: str) -> str:
    return f"test_template_{os.environ[RUN]}_{kind}"


def _beside() -> psycopg2.extensions.connection:
    """A connection to the database that the run was given, which stays empty."""
    beside = psycopg2.connect(os.environ["DATABASE_URL"])
    beside.autocommit = True
    return beside
