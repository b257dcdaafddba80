"""Starting processes that die with their starter, and ending them in an orderly way."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
PAUSE = 0.05
# Elsewhere than on Linux there is no /proc to find them in.
STRAYS_ARE_KNOWN = sys.platform == "linux"


@dataclass(frozen=True)
class UnprivilegedAccount:
    """The unprivileged account that a process started by root runs as."""

    uid: int
    gid: int


def start_process(
    command: Sequence[str],
    *,
    output: IO[bytes],
    environment: Mapping[str, str],
    account: UnprivilegedAccount | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    directory: Path | None = None,
    inherited: Sequence[int] = (),
    errors: int | None = subprocess.STDOUT,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; Linux sends it `death_signal` when its starter dies.

    Raises:
        OSError: the program cannot be started.
    """
    return subprocess.Popen(  # noqa: S603 callers name their own programs
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=environment,
        cwd=directory,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        start_new_session=True,
        pass_fds=inherited,
        preexec_fn=_tie_to_starter(death_signal),  # noqa: PLW1509 nothing here has threads
    )


def end_processes(
    processes: Sequence[subprocess.Popen[bytes]], steps: Sequence[tuple[signal.Signals, float]]
) -> None:
    """End all `processes`: each signal goes to those left, who have the given seconds to go.

    What is left of their groups is killed at last.
    """
    for number, seconds in steps:
        deadline = time.monotonic() + seconds
        left = [process for process in processes if process.poll() is None]
        for process in left:
            process.send_signal(number)
        for process in left:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
    for process in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def stray_processes(program: str, directory: Path) -> list[int]:
    """Find processes of `program` that work in `directory`, left over by a crash (Linux; elsewhere none)."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _works_in(entry, program, directory)]


def end_stray_processes(program: str, directory: Path, steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """End every process of `program` that works in `directory`, signal by signal, until none is left."""
    for number, seconds in steps:
        deadline = time.monotonic() + seconds
        for pid in stray_processes(program, directory):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        while stray_processes(program, directory):
            if time.monotonic() > deadline:
                break
            time.sleep(PAUSE)


def last_log_lines(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log, each indented; a log that is not there or empty says so."""
    try:
        text = log.read_text(errors="replace").rstrip()
    except OSError:
        text = ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:]) or "    (its log is empty)"


def _works_in(entry: Path, program: str, directory: Path) -> bool:
    try:
        if (entry / "comm").read_text().strip() != program:
            return False
        try:
            return (entry / "cwd").readlink() == directory
        except PermissionError:
            # A container may keep even root from looking at another account's process.
            return os.fsencode(directory) in (entry / "cmdline").read_bytes()
    except OSError:
        return False


def _tie_to_starter(death_signal: signal.Signals) -> Callable[[], None] | None:
    libc, starter = LIBC, os.getpid()
    if libc is None:
        return None

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != starter:
            os.kill(os.getpid(), signal.SIGKILL)

    return tie
