"""`demo`: the whole application with a made-up clinic, on this machine only, until Ctrl-C."""

import os
import socket
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from alliance_match.embedded import directories, ports
from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.file_locks import Lock
from alliance_match.embedded.secret_key import secret_key
from alliance_match.embedded.supervisor import StopRequested, Supervisor
from alliance_match.embedded.terminal import print_line

SECONDS_TO_ANSWER = 90
CELERY = [sys.executable, "-m", "celery", "-A", "alliance_match.celery"]

# Before the worker that re-scores: pages come first, where both want the processor.
PAGES_FIRST = ["nice", "-n", "10"]


def demo(*, once: bool) -> int:
    """Run the demo; with `once` stop when the first rating was scored. Return the exit code.

    Raises:
        EmbeddedError: something did not start, or died; the text names it.
    """
    data = directories.data_directory()
    lock = Lock.at(data / "demo")
    if not lock.try_alone():
        raise EmbeddedError(f"A demo already runs on {data}: stop it first, or set ALLIANCE_DATA_DIR.")
    listener = ports.listen_on_port(ports.chosen_port(0 if once else ports.DEFAULT))
    logs = directories.private_directory(data / "logs")
    try:
        with listener, Supervisor(directory=directories.CHECKOUT, logs=logs) as supervisor:
            return _run_demo(supervisor, data, listener, once=once)
    except StopRequested as stop:
        return stop.exit_code
    finally:
        lock.release()


def _run_demo(supervisor: Supervisor, data: Path, listener: socket.socket, *, once: bool) -> int:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    log_ins = _prepare_database(supervisor, data)
    _start_daemons(supervisor, data, listener)
    if not supervisor.wait_until(lambda: _is_ready(listener.getsockname()[1]), SECONDS_TO_ANSWER):
        raise EmbeddedError(
            f"{url}/health/ready was not ready within {SECONDS_TO_ANSWER} s; see {supervisor.logs}."
        )
    print_line("Sending a rating of a third session and waiting for the new order …")
    exit_code, outcome = supervisor.run_step("demo_rating", _manage_command("demo_rating", "--url", url))
    print_line(outcome.rstrip())
    if once:
        print_line("Stopping.")
        return exit_code
    print_line(f"\n{log_ins.rstrip()}\n\nAlliance Match is at {url} – Ctrl-C stops it.")
    _wait_for_stop(supervisor)
    return 0


def _prepare_database(supervisor: Supervisor, data: Path) -> str:
    print_line("Starting the database …")
    supervisor.lease_servers(data)
    supervisor.environment |= {"ALLIANCE_DEMO": "1", "PYTHONUNBUFFERED": "1"}
    supervisor.environment["SECRET_KEY"] = os.environ.get("SECRET_KEY") or secret_key(data / "secret_key")
    supervisor.environment["ALLIANCE_DATA_DIR"] = str(data)
    _run_step(supervisor, "migrate", "--no-input")
    print_line("Making up a clinic …")
    return _run_step(supervisor, "seed_demo")


def _start_daemons(supervisor: Supervisor, data: Path, listener: socket.socket) -> None:
    print_line("Starting web, workers and beat …")
    descriptor = listener.fileno()
    # Gunicorn's control socket would be made in the home directory.
    web = ["gunicorn", "alliance_match.wsgi", "--bind", f"fd://{descriptor}", "--no-control-socket"]
    supervisor.start("web", [sys.executable, "-m", *web, "--workers", "2", "--threads", "2"], [descriptor])
    quiet = ["--without-gossip", "--without-mingle"]
    for name, queue, processes in (("worker", "celery", "2"), ("mail", "mail", "1")):
        own = ["--queues", queue, "--hostname", f"{name}@%h", "--concurrency", processes]
        first = PAGES_FIRST if name == "worker" else []
        supervisor.start(name, [*first, *CELERY, "worker", *quiet, *own, "--loglevel", "INFO"])
    supervisor.start("beat", [*CELERY, "beat", "--schedule", str(data / "beat-schedule")])


def _run_step(supervisor: Supervisor, *arguments: str) -> str:
    exit_code, text = supervisor.run_step(arguments[0], _manage_command(*arguments))
    if exit_code != 0:
        raise EmbeddedError(f"manage.py {arguments[0]} failed (exit code {exit_code}).\n{text}".rstrip())
    return text


def _manage_command(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _wait_for_stop(supervisor: Supervisor) -> None:
    try:
        supervisor.wait_until(lambda: False)
    except StopRequested:
        print_line("\nStopping …")
