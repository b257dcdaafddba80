"""The user's side of a server: get its address, keep it running while we live, and let it go."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from alliance_match.embedded import directories
from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.file_locks import Lock, is_locked
from alliance_match.embedded.processes import last_log_lines
from alliance_match.embedded.servers import SERVERS, Server

PAUSE = 0.05
SECONDS_TO_STOP = 40
SECONDS_TO_START = 70


class ServerLease:
    """Our share in a running server: its keeper stops it only after we released this, or died."""

    def __init__(self, server: Server, users: Lock) -> None:
        self.server = server
        self.users = users
        self.url = ""

    @classmethod
    def on(cls, server: Server) -> Self:
        """Share in `server`, starting it when it does not run.

        Raises:
            EmbeddedError: it does not start, with the end of its log; or an earlier one does not stop.
        """
        directories.private_directory(server.home)
        lease = cls(server, Lock.at(server.home / "users"))
        if not lease.users.wait_shared(SECONDS_TO_STOP):
            raise EmbeddedError(f"An earlier {server.title} does not stop; see {_log(server)}.")
        lease.url = _server_address(server)
        return lease

    def is_running(self) -> bool:
        """Say whether the server still has its keeper."""
        return is_locked(self.server.home / "keeper")

    def release(self) -> None:
        """Let the server go, and wait until it has stopped unless others use it."""
        was_last = self.users.try_alone()
        self.users.release()
        deadline = time.monotonic() + SECONDS_TO_STOP
        while was_last and self.is_running() and time.monotonic() < deadline:
            time.sleep(PAUSE)


def lease_missing_servers(data: Path, *, throwaway: bool = False) -> list[ServerLease]:
    """Share in each server whose variable is not set in our environment.

    Raises:
        EmbeddedError: a server does not start.
    """
    servers = [make(data / name, throwaway) for name, make in SERVERS.items()]
    return [ServerLease.on(server) for server in servers if not os.environ.get(server.variable)]


def _server_address(server: Server) -> str:
    """Return the address of the running server, or start it; the deadline covers another's slow start."""
    deadline = time.monotonic() + SECONDS_TO_START
    keeper = Lock.at(server.home / "keeper")
    try:
        while time.monotonic() < deadline:
            if keeper.try_alone():
                _start_keeper(server, keeper)
            address = server.home / "url"
            if address.exists():
                return address.read_text()
            time.sleep(PAUSE)
    finally:
        keeper.release()
    raise EmbeddedError(f"{server.title} did not start within {SECONDS_TO_START} s; see {_log(server)}.")


def _start_keeper(server: Server, lock: Lock) -> None:
    """Start a keeper that inherits the lock, and return when its server can be used.

    Raises:
        EmbeddedError: the server could not be started; the text ends with its log.
    """
    (server.home / "url").unlink(missing_ok=True)
    kind = "throwaway" if server.throwaway else "lasting"
    arguments = [server.name, str(server.home), str(lock.descriptor), kind]
    with _log(server).open("wb") as log:
        done = subprocess.run(  # noqa: S603 our own module
            [sys.executable, "-m", "alliance_match.embedded.server_keeper", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_import_path())},
            pass_fds=[lock.descriptor],
            start_new_session=True,
        )
    if done.returncode != 0:
        raise EmbeddedError(
            f"{server.title} did not start. The end of {_log(server)}:\n{last_log_lines(_log(server))}"
        )


def _import_path() -> list[str]:
    return [str(directories.CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]


def _log(server: Server) -> Path:
    return server.home / "log"
