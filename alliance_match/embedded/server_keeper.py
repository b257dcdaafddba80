"""`python -m alliance_match.embedded.server_keeper NAME HOME LOCK KIND`: the process behind one server.

It starts the server, says so, and stops it when nobody uses it any more. It is started by `server_lease`
only, which hands it the locked `keeper` file; its first process returns when the server can be used.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from alliance_match.embedded import directories
from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.file_locks import Lock
from alliance_match.embedded.processes import end_processes, end_stray_processes, start_process
from alliance_match.embedded.servers import SERVERS, Server

PAUSE = 0.05
SECONDS_TO_START = 60


def main() -> int:
    """Leave a keeper behind and return 0 once its server can be used, 1 when it could not be started."""
    name, home, lock, kind = sys.argv[1:]
    server = SERVERS[name](Path(home), kind == "throwaway")
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        os.close(int(lock))
        return 0 if os.read(reader, 1) else 1
    os.close(reader)
    signal.signal(signal.SIGTERM, _exit_on_signal)
    try:
        keep_server(server, writer)
    except (EmbeddedError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def keep_server(server: Server, ready: int) -> None:
    """Run `server` until its last user has gone, writing a byte to `ready` when it can be used.

    Raises:
        EmbeddedError: the server could not be started, or died by itself.
        OSError: a directory could not be made or a program not started.
    """
    users = Lock.at(server.home / "users")
    end_stray_processes(server.program, server.directory, server.ending)
    try:
        with _fresh_runtime(server.home):
            server.prepare()
            _serve_until_unused(server, users, ready)
    finally:
        if server.throwaway:
            directories.discard_directory(server.home)


@contextlib.contextmanager
def _fresh_runtime(home: Path) -> Iterator[None]:
    link = home / "runtime"
    # A crash may have left one.
    directories.remove_link_and_target(link)
    target = directories.runtime_directory()
    link.symlink_to(target)
    try:
        yield
    finally:
        # Someone may have removed the data directory, and with it the link.
        link.unlink(missing_ok=True)
        shutil.rmtree(target, ignore_errors=True)


def _serve_until_unused(server: Server, users: Lock, ready: int) -> None:
    address = server.home / "url"
    process = start_process(
        server.command,
        output=sys.stdout.buffer,
        environment=server.environment,
        account=server.account,
        death_signal=server.ending[0][0],
        directory=Path("/"),
    )
    try:
        _wait_until_ready(server, process)
        _publish_address(address, server.url)
        os.write(ready, b"!")
        os.close(ready)
        while not users.try_alone():
            _raise_if_dead(server, process)
            time.sleep(PAUSE)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        address.unlink(missing_ok=True)
        end_processes([process], server.ending)


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not server.is_ready(process.pid):
        _raise_if_dead(server, process)
        if time.monotonic() > deadline:
            raise EmbeddedError(f"{server.title} was not ready within {SECONDS_TO_START} s.")
        time.sleep(PAUSE)


def _raise_if_dead(server: Server, process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        raise EmbeddedError(f"{server.title} ended by itself (exit code {process.returncode}).")


def _publish_address(address: Path, url: str) -> None:
    unfinished = address.with_name("url.unfinished")
    unfinished.write_text(url)
    unfinished.rename(address)


def _exit_on_signal(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
