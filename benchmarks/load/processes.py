"""The application as it is deployed, in processes of our own: started here, and killed by their ids alone."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from alliance_match.embedded import directories
from alliance_match.embedded.demo import PAGES_FIRST
from alliance_match.embedded.postgres import Postgres
from alliance_match.embedded.postgres_cluster import disown_dead_postmaster
from alliance_match.embedded.processes import end_processes, last_log_lines, start_process
from alliance_match.embedded.servers import Server
from alliance_match.embedded.valkey import Valkey

PAUSE, PATIENCE = 0.05, 90.0
QUICK_END = [(signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)]
TEMPLATE = "migrated"


class NotReadyError(Exception):
    """A process did not do in time what was expected of it."""


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
    """Wait for a condition; return the seconds it took. Raises NotReadyError, naming what did not come."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise NotReadyError(f"{what}: not within {seconds:g} s")
        time.sleep(PAUSE)
    return time.monotonic() - began


@dataclass
class Process:
    """One process that can be started again and again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    inherited: tuple[int, ...] = ()
    running: subprocess.Popen[bytes] | None = None
    wanted: bool = False

    def start(self) -> None:
        """Start it. From the main thread only: it dies with the thread that started it."""
        self.wanted = True
        with self.log.open("ab") as output:
            self.running = start_process(
                self.command,
                output=output,
                environment=self.environment,
                directory=directories.CHECKOUT,
                inherited=self.inherited,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.running is not None, self.name
        return self.running.pid

    @property
    def has_ended(self) -> bool:
        """Whether it ran, and ended."""
        return self.running is not None and self.running.poll() is not None

    def children(self) -> list[int]:
        """The ids of the processes it started."""
        with contextlib.suppress(OSError):
            return [
                int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            ]
        return []

    def kill(self) -> None:
        """`kill -9` it, with its children."""
        end_processes([self._started()], [(signal.SIGKILL, 5.0)])

    def stop(self) -> None:
        """Ask it to end, and see to it."""
        self.wanted = False
        if self.running:
            end_processes([self.running], QUICK_END)

    def said(self) -> str:
        """The end of its log."""
        return last_log_lines(self.log, 30)

    def _started(self) -> subprocess.Popen[bytes]:
        assert self.running is not None, self.name
        return self.running


@dataclass
class OwnServer:
    """A server of `alliance_match.embedded` without its keeper: it comes back at the address it had."""

    server: Server
    log: Path
    running: subprocess.Popen[bytes] | None = None

    @classmethod
    def new(cls, server: Server) -> "OwnServer":
        """Prepare a server that nobody else knows of, and start it."""
        directories.private_directory(server.home)
        (server.home / "runtime").symlink_to(directories.runtime_directory())
        server.prepare()
        made = cls(server, server.home / "log")
        made.start()
        return made

    def start(self) -> None:
        """Start it, over what a crash left, and return when it takes connections."""
        if isinstance(self.server, Postgres):
            disown_dead_postmaster(self.server.directory)
        else:
            for left in self.server.home.glob("runtime/*.sock"):
                left.unlink()
        self._launch()
        wait_until(self._is_ready, f"{self.server.title} ({self.log})")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal: SIGSTOP freezes it, SIGQUIT is PostgreSQL's crash."""
        assert self.running is not None
        self.running.send_signal(number)

    def stop_hard(self) -> None:
        """End it as a crash would: nothing is written any more."""
        self.signal(signal.SIGQUIT if isinstance(self.server, Postgres) else signal.SIGKILL)
        assert self.running is not None
        self.running.wait(20)

    def discard(self) -> None:
        """Stop it and remove all it has on disk."""
        if self.running:
            self.signal(signal.SIGCONT)
            end_processes([self.running], self.server.ending)
        directories.discard_directory(self.server.home)

    def _launch(self) -> None:
        with self.log.open("ab") as output:
            self.running = start_process(
                [*self.server.command, *self._settings()],
                output=output,
                environment=self.server.environment,
                account=self.server.account,
                directory=Path("/"),
            )

    def _settings(self) -> list[str]:
        """After a crash each file of all our copies would be flushed by itself, for ten seconds."""
        if isinstance(self.server, Postgres) and sys.platform == "linux":
            return ["-c", "recovery_init_sync_method=syncfs"]
        return []

    def _is_ready(self) -> bool:
        assert self.running is not None
        if self.running.poll() is not None:  # what a killed one left may hold its memory for a moment
            self._launch()
            time.sleep(PAUSE)
        return self.server.is_ready(self.running.pid)


@dataclass
class Servers:
    """PostgreSQL and Valkey with a migrated database that each scenario gets a copy of."""

    directory: Path
    postgres: OwnServer
    valkey: OwnServer
    environment: dict[str, str] = field(default_factory=dict)
    copies: int = 0

    def database_url(self, name: str) -> str:
        """The address of a database of this cluster."""
        return urlunsplit(urlsplit(self.postgres.server.url)._replace(path=f"/{name}"))

    def copy_database(self) -> dict[str, str]:
        """The environment of processes on a new copy of the migrated database, and an empty broker."""
        self.copies += 1
        name = f"copy{self.copies}"
        with closing(psycopg2.connect(self.postgres.server.url)) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        self.valkey.stop_hard()
        self.valkey.start()
        return self.environment | {"DATABASE_URL": self.database_url(name)}


@contextmanager
def servers() -> Iterator[Servers]:
    """Servers of our own, gone afterwards with all their data."""
    parent = directories.private_directory(directories.data_directory() / "load")
    directory = directories.private_directory(parent / str(os.getpid()))
    started: list[OwnServer] = []
    try:
        # No throwaway cluster: a crash must be survived.
        started.append(OwnServer.new(Postgres(directory / "postgres")))
        started.append(OwnServer.new(Valkey(directory / "valkey")))
        postgres, valkey = started
        made = Servers(directory, postgres, valkey)
        made.environment = os.environ | {
            "ALLIANCE_DEMO": "1",
            "SECRET_KEY": "of no use to anybody",
            "PYTHONUNBUFFERED": "1",
            "REDIS_URL": made.valkey.server.url,
            "DATABASE_URL": made.database_url(TEMPLATE),
            "DJANGO_SETTINGS_MODULE": "alliance_match.settings",
        }
        with closing(psycopg2.connect(made.postgres.server.url)) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {TEMPLATE}")
        _migrate(made)
        yield made
    finally:
        for server in started:
            server.discard()
        shutil.rmtree(directory, ignore_errors=True)


def _migrate(made: Servers) -> None:
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=directories.CHECKOUT, env=made.environment, check=True)


class Site:
    """Web, worker and beat on one database, as `make demo` starts them."""

    def __init__(
        self,
        environment: dict[str, str],
        logs: Path,
        application: str = "alliance_match.celery",
        wsgi: str = "alliance_match.wsgi",
    ) -> None:
        self.environment = environment
        self.logs = directories.private_directory(logs)
        self.revived = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self.listener.getsockname()[1])
        descriptor = self.listener.fileno()
        gunicorn = ["-m", "gunicorn", wsgi, "--bind", f"fd://{descriptor}", "--no-control-socket"]
        self.web = self._process("web", [*gunicorn, "--workers", "2", "--threads", "2"], descriptor)
        celery = ["-m", "celery", "-A", application]
        quiet = ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        own = ["--queues", "celery,mail", "--hostname", "worker@%h", "--concurrency", "2"]
        self.worker = self._process("worker", [*celery, "worker", *quiet, *own])
        self.worker.command = [*PAGES_FIRST, *self.worker.command]
        self.beat = self._process("beat", [*celery, "beat", "--schedule", str(logs / "beat-schedule")])

    def _process(self, name: str, arguments: list[str], *inherited: int) -> Process:
        command = [sys.executable, *arguments]
        return Process(name, command, self.environment, self.logs / f"{name}.log", inherited)

    def __enter__(self) -> "Site":
        try:
            for process in (self.web, self.worker, self.beat):
                process.start()
            wait_until(lambda: self.health() is not None, f"the web server ({self.web.log})")
            wait_until(lambda: b" ready." in self.worker.log.read_bytes(), f"the worker ({self.worker.log})")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        for process in (self.web, self.worker, self.beat):
            process.stop()
        self.listener.close()

    def revive(self) -> None:
        """Start again whatever of ours has ended by itself."""
        for process in (self.web, self.worker, self.beat):
            if process.wanted and process.has_ended:
                process.start()
                self.revived += 1

    def health(self) -> tuple[int, bytes] | None:
        """Status and body of the readiness address; None where nothing answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        with closing(connection), contextlib.suppress(OSError, HTTPException):
            connection.request("GET", "/health/ready")
            answer = connection.getresponse()
            return answer.status, answer.read()
        return None
