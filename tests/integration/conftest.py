"""Real processes beside the tests: a worker on this test run's own database and queue."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from kombu.exceptions import ChannelError

from alliance_match.celery import app
from tests.integration.queues import use_own_queues

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 40.0

# Set before anything is sent.
QUEUE = f"test-{os.getpid()}"
use_own_queues(app, QUEUE)


class Worker:
    """A Celery worker process that can be killed and started again."""

    def __init__(self, log: Path, environment: dict[str, str], queue: str | None = None) -> None:
        self.log, self.environment = log, environment
        self.name = f"{queue or QUEUE}@%h"
        self.queues = ["--queues", queue] if queue else []
        self.start()

    def start(self) -> None:
        """Start it and wait until it takes tasks."""
        command = [sys.executable, "-m", "celery", "-A", "tests.integration.worker_app:app", "worker"]
        quiet = ["--without-gossip", "--without-mingle", "--concurrency", "1", "--loglevel", "INFO"]
        self.log.write_text("")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, *quiet, *self.queues, "-n", self.name],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(lambda: " ready." in self.log.read_text(), self.log.read_text)

    def kill(self) -> None:
        """End it and its children at once, as a crash would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def wait_until(condition: Callable[[], bool], said: Callable[[], str] = str) -> float:
    """Wait for a condition and return how long it took, in seconds; fail with what was said."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE, f"waited in vain: {said()[-3000:]}"
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.fixture
def patiently():
    """The function `wait_until`."""
    return wait_until


@pytest.fixture
def environment():
    """The environment of a process that works on this test's database."""
    name = connection.settings_dict["NAME"]
    address = urlsplit(os.environ["DATABASE_URL"])
    return os.environ | {"DATABASE_URL": urlunsplit(address._replace(path=f"/{name}")), "ALLIANCE_DEMO": "1"}


@pytest.fixture
def worker(transactional_db, tmp_path, environment):
    """A real worker on this test's database, and the only one on its queue."""
    with app.connection_for_write() as broker, suppress(ChannelError):
        # Notifications of all the tests before, to which nobody listened.
        for queue in app.conf.task_queues:
            queue(broker.default_channel).purge()
    worker = Worker(tmp_path / "worker.log", environment | {"TEST_QUEUE": QUEUE})
    yield worker
    worker.kill()


@pytest.fixture
def workers_apart(worker, tmp_path, environment):
    """Two workers as they are deployed, in place of the one: for re-scores, and for mail."""
    worker.kill()
    apart = [
        Worker(tmp_path / f"{queue}.log", environment | {"TEST_QUEUE": QUEUE}, queue)
        for queue in (QUEUE, f"{QUEUE}-mail")
    ]
    yield apart
    for one in apart:
        one.kill()
