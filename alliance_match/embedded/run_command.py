"""`run`: become another command, with PostgreSQL and Valkey behind it."""

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from alliance_match.embedded import directories
from alliance_match.embedded.errors import CommandNotFoundError
from alliance_match.embedded.file_locks import is_locked
from alliance_match.embedded.server_lease import lease_missing_servers
from alliance_match.embedded.servers import SERVERS

SECONDS_TO_TAKE_LOCKS = 60


def run(command: list[str], *, scratch: bool) -> NoReturn:
    """Replace this process by `command`, which inherits the leases: the servers stop when it has gone.

    So the exit code, the terminal and every signal are the command's own.

    Raises:
        CommandNotFoundError: there is no such command.
        EmbeddedError: a server does not start.
    """
    program = shutil.which(command[0])
    if program is None:
        raise CommandNotFoundError(f"There is no command {command[0]!r}.")
    data = _scratch_directory() if scratch else directories.data_directory()
    environment = dict(os.environ)
    for lease in lease_missing_servers(data, throwaway=scratch):
        environment[lease.server.variable] = lease.url
        os.set_inheritable(lease.users.descriptor, True)
    os.execve(program, command, environment)  # noqa: S606 the command is the user's own


def _scratch_directory() -> Path:
    parent = directories.private_directory(directories.scratch_parent())
    for left in parent.iterdir():
        if _is_abandoned(left):
            directories.discard_scratch(left)
    return directories.private_directory(Path(tempfile.mkdtemp(dir=parent)))


def _is_abandoned(scratch: Path) -> bool:
    """Say whether a crash left `scratch` behind; a young one may only not have taken its locks yet."""
    locks = [scratch / name / lock for name in SERVERS for lock in ("users", "keeper")]
    return time.time() - scratch.stat().st_mtime > SECONDS_TO_TAKE_LOCKS and not any(map(is_locked, locks))
