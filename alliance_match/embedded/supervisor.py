"""Runs steps and daemons side by side, and ends them all however it is told to stop."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.processes import end_processes, last_log_lines, start_process
from alliance_match.embedded.server_lease import ServerLease, lease_missing_servers
from alliance_match.embedded.terminal import has_hung_up, print_line

PAUSE = 0.1
# What ends sooner after its start does so each time, and has to be told.
STEADY = 5.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ENDING = [(signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)]


class StopRequested(Exception):  # noqa: N818 not an error
    """Someone pressed Ctrl-C, closed the terminal or sent SIGTERM."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


@dataclass
class Daemon:
    """A process that is to run until the end, and how to start it."""

    command: Sequence[str]
    inherited: Sequence[int]
    process: subprocess.Popen[bytes]
    began: float

    def is_steady(self) -> bool:
        """Whether it ran for long enough to be started again, should it have ended."""
        return time.monotonic() - self.began > STEADY


class Supervisor:
    """Inside `with`: leases servers, runs steps, keeps daemons; at its end nothing of it is left running."""

    def __init__(self, *, directory: Path, logs: Path) -> None:
        self.directory = directory
        self.logs = logs
        self.environment = dict(os.environ)
        self._leases: list[ServerLease] = []
        self._daemons: dict[str, Daemon] = {}
        self._steps: list[subprocess.Popen[bytes]] = []
        self._stop_signal: int | None = None

    def __enter__(self) -> Self:
        for number in STOP_SIGNALS:
            # nohup asks to outlive its terminal; who begins in the background of a script asks for nothing.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._note_stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end_processes([*self._steps, *(one.process for one in self._daemons.values())], ENDING)
        for lease in self._leases:
            lease.release()

    def lease_servers(self, data: Path) -> None:
        """Share in the servers whose variables are not set, and set them for the children.

        Raises:
            EmbeddedError: a server does not start.
        """
        self._leases = lease_missing_servers(data)
        self.environment |= {lease.server.variable: lease.url for lease in self._leases}

    def run_step(self, name: str, command: Sequence[str]) -> tuple[int, str]:
        """Run a command to its end; return its exit code and standard output. Its errors go to the terminal.

        Raises:
            EmbeddedError: a daemon that had just begun died meanwhile.
            StopRequested: we were told to stop meanwhile.
        """
        log = self.logs / f"{name}.log"
        with log.open("wb") as output:
            process = start_process(
                command,
                output=output,
                errors=None,
                environment=self.environment,
                directory=self.directory,
            )
        self._steps.append(process)
        self.wait_until(lambda: process.poll() is not None)
        self._steps.remove(process)
        return process.returncode, log.read_text(errors="replace")

    def start(self, name: str, command: Sequence[str], inherited: Sequence[int] = ()) -> None:
        """Start a daemon that logs to a file of its name and inherits these descriptors.

        Should it end by itself later, it is started again, as Docker does it: a worker whose broker goes away
        just as it acknowledges a message ends.
        """
        self._launch(name, command, inherited, "wb")

    def _launch(self, name: str, command: Sequence[str], inherited: Sequence[int], mode: str) -> None:
        with (self.logs / f"{name}.log").open(mode) as output:
            process = start_process(
                command,
                output=output,
                environment=self.environment,
                directory=self.directory,
                inherited=inherited,
            )
        self._daemons[name] = Daemon(command, inherited, process, time.monotonic())

    def wait_until(self, condition: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until `condition` holds; False when it does not within `seconds`.

        Raises:
            EmbeddedError: a server, or a daemon that had just begun, died; the text ends with its log.
            StopRequested: we were told to stop meanwhile.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        while not condition():
            if self._stop_signal is None and has_hung_up():
                self._stop_signal = signal.SIGHUP
            if self._stop_signal is not None:
                raise StopRequested(self._stop_signal)
            self._revive_or_raise()
            if deadline is not None and time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        return True

    def _revive_or_raise(self) -> None:
        for name, daemon in list(self._daemons.items()):
            exit_code = daemon.process.poll()
            if exit_code is None:
                continue
            if not daemon.is_steady():
                raise EmbeddedError(_exit_message(name, self.logs / f"{name}.log", exit_code))
            print_line(f"{name} ended by itself (exit code {exit_code}) and is started again.")
            self._launch(name, daemon.command, daemon.inherited, "ab")
        for lease in self._leases:
            if not lease.is_running():
                raise EmbeddedError(_exit_message(lease.server.title, lease.server.home / "log"))

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_signal = number


def _exit_message(name: str, log: Path, exit_code: int | None = None) -> str:
    how = "" if exit_code is None else f" (exit code {exit_code})"
    return f"{name} ended by itself{how}. The end of {log}:\n{last_log_lines(log)}"
