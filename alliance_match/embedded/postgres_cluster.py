"""Making a PostgreSQL cluster, in a place that the account of its server can reach."""

import os
import shutil
import subprocess
from pathlib import Path

from alliance_match.embedded import directories
from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.processes import STRAYS_ARE_KNOWN, UnprivilegedAccount

ROLE = "alliance"
DATABASE = "alliance_match"
# Nothing of the user's PG* variables or locale reaches a server of ours.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
LOCALE = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
# The socket's directory is open to one account, so whoever reaches the socket may enter.
ACCESS = ["-U", ROLE, "--auth-local=trust", "--auth-host=reject"]


def link_cluster_home(home: Path, account: UnprivilegedAccount | None) -> None:
    """Make `home/cluster`: a directory, or a link out when `account` cannot pass through to `home`.

    Raises:
        EmbeddedError: there is no place for it.
    """
    link = home / "cluster"
    if link.is_symlink() and not link.exists():
        link.unlink()
    if link.exists():
        return
    if account is None or directories.is_reachable_by_others(home):
        directories.private_directory(link)
        return
    elsewhere = directories.cluster_directory_elsewhere()
    os.chown(elsewhere, account.uid, account.gid)
    link.symlink_to(elsewhere)


def make_cluster(directory: Path, *, binaries: Path, account: UnprivilegedAccount | None) -> None:
    """Make a cluster with our database in it, under another name until it is whole.

    It is not forced onto the disk, which takes many seconds on a busy one: nothing is in it to lose yet.

    Raises:
        EmbeddedError: initdb failed; the text ends with what it said.
    """
    unfinished = directory.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if account:
        os.chown(unfinished, account.uid, account.gid)
    target = ["-D", str(unfinished)]
    _run_as_account([str(binaries / "initdb"), *target, *LOCALE, *ACCESS, "--no-sync"], account)
    single_user = [str(binaries / "postgres"), "--single", *target, "-c", "fsync=off", "postgres"]
    _run_as_account(single_user, account, entry=f"CREATE DATABASE {DATABASE};\n")
    unfinished.rename(directory)


def disown_dead_postmaster(directory: Path) -> None:
    """Let a new server start on the lock file of one that was killed; only when no process of it is left.

    PostgreSQL refuses when the process id in the file answers, as a dead process that nobody reaped does, or
    another that got its number. It takes its own parent's number for stale, and we are that parent; so it
    still sees for itself whether the dead one's memory is in use.
    """
    lock_file = directory / "postmaster.pid"
    if not STRAYS_ARE_KNOWN or not lock_file.exists():
        return
    others = lock_file.read_text().splitlines(keepends=True)[1:]
    lock_file.write_text("".join([f"{os.getpid()}\n", *others]))


def _run_as_account(command: list[str], account: UnprivilegedAccount | None, entry: str = "") -> None:
    done = subprocess.run(  # noqa: S603 the wheel's own programs
        command,
        input=entry.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        cwd="/",
        env=ENVIRONMENT,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if done.returncode != 0:
        said = done.stdout.decode(errors="replace").strip()
        raise EmbeddedError(f"{Path(command[0]).name} failed (exit code {done.returncode}):\n{said}")
