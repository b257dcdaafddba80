"""`python -m alliance_match.embedded demo` in a stand-in for the checkout, whose children do little."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from alliance_match.embedded import directories
from tests.integration.test_embedded_run import PLACE, data_directory, environment_for, runner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")

STAND_INS = {
    "manage.py": """
import os, sys, urllib.request
name = sys.argv[1]
print(name, *(f"{key}={os.environ.get(key)}" for key in ("ALLIANCE_DEMO", "ALLIANCE_DATA_DIR")))
if name == "demo_rating":
    assert urllib.request.urlopen(sys.argv[3] + "/health/ready").status == 200
    assert os.environ["SECRET_KEY"]
sys.exit(int(os.environ.get(f"EXIT_CODE_OF_{name}", "0")))
""",
    "alliance_match/wsgi.py": """
def application(environ, start_response):
    start_response("200 OK", [("Content-Length", "5")])
    return [b"ready"]
""",
    "alliance_match/celery.py": """
import os, sys
from celery import Celery
app = Celery("stand-in", broker=os.environ["REDIS_URL"])
if os.environ.get("BREAK") in sys.argv:
    sys.exit("broken on purpose")
""",
}


@pytest.fixture(scope="module")
def cluster():
    """A cluster to copy, which is faster than making one for each test."""
    with data_directory() as path:
        runner(environment_for(path))("--", "true")
        eventually(lambda: not processes_of(path))
        yield path / "postgres"


@pytest.fixture
def checkout(cluster):
    """A directory that `nobody` can reach, with our embedded package and stand-ins for the rest."""
    path = Path(tempfile.mkdtemp(prefix="demo-", dir=PLACE))
    path.chmod(0o755)
    source = directories.CHECKOUT / "alliance_match" / "embedded"
    shutil.copytree(
        source, path / "alliance_match" / "embedded", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name, text in STAND_INS.items():
        (path / name).write_text(text)
    (path / ".data").mkdir()
    subprocess.run(["cp", "-a", cluster, path / ".data"], check=True)
    yield path
    leftover = processes_of(path)
    for process in leftover:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    directories.discard_directory(path / ".data" / "postgres")
    shutil.rmtree(path)
    assert not leftover


@pytest.fixture
def start(checkout):
    """Start the demo on any free port."""
    unset = {"DATABASE_URL", "REDIS_URL", "ALLIANCE_DATA_DIR", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
    environment = {k: v for k, v in os.environ.items() if k not in unset} | {"PORT": "0"}

    def start(*arguments, stdout=subprocess.PIPE, of_a_script=False, **variables):
        with ctrl_c(signal.SIG_IGN if of_a_script else signal.default_int_handler):
            return subprocess.Popen(
                [sys.executable, "-m", "alliance_match.embedded", "demo", *arguments],
                cwd=checkout,
                env=environment | variables,
                stdout=stdout,
                stderr=subprocess.PIPE,
                text=True,
            )

    return start


@contextlib.contextmanager
def ctrl_c(does):
    """Let Ctrl-C do this meanwhile; what is started inherits it only where it is ignored.

    So it is where these tests run in the background of a script.
    """
    before = signal.signal(signal.SIGINT, does)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def processes_of(checkout):
    return [process for process in psutil.process_iter() if str(checkout) in _directory(process)]


def _directory(process):
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return " ".join([process.cwd(), *process.cmdline()])
    except psutil.Error:
        return ""


def eventually(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never became so"
        time.sleep(0.05)


def wait_until_it_runs(demo):
    """Return what the demo said until the line with its address, and the address."""
    said = []
    for line in demo.stdout:
        said.append(line)
        if "Alliance Match is at " in line:
            return "".join(said), line.split("Alliance Match is at ")[1].split()[0]
    raise AssertionError("".join(said) + demo.stderr.read())


def test_a_demo_hears_ctrl_c_where_these_tests_run_in_the_background_of_a_script(start):
    with ctrl_c(signal.SIG_IGN):
        demo = start("--help")
    ignored = re.search(r"^SigIgn:\s*(\w+)$", Path(f"/proc/{demo.pid}/status").read_text(), re.MULTILINE)[1]
    demo.communicate()

    assert not int(ignored, 16) & 1 << signal.SIGINT - 1


@pytest.mark.parametrize("exit_code", [0, 3])
def test_demo_once_passes_on_the_exit_code_of_the_rating(start, checkout, exit_code):
    demo = start("--once", EXIT_CODE_OF_demo_rating=str(exit_code))

    said, errors = demo.communicate(timeout=60)

    assert (demo.returncode, errors) == (exit_code, "")
    assert f"demo_rating ALLIANCE_DEMO=1 ALLIANCE_DATA_DIR={checkout}/.data" in said
    assert not processes_of(checkout)


def test_demo_stays_open_where_the_rating_moved_nobody(start, checkout):
    demo = start(EXIT_CODE_OF_demo_rating="1")

    _, url = wait_until_it_runs(demo)

    assert urllib.request.urlopen(url).read() == b"ready"
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=30)
    assert demo.returncode == 0


def test_demo_shows_the_log_ins_and_serves_its_page_until_ctrl_c(start, checkout):
    demo = start()

    said, url = wait_until_it_runs(demo)

    assert "seed_demo ALLIANCE_DEMO=1" in said
    assert urllib.request.urlopen(url).read() == b"ready"
    logs = {log.stem for log in (checkout / ".data" / "logs").iterdir()}
    assert {"web", "worker", "mail", "beat"} <= logs
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=30)
    assert demo.returncode == 0
    assert not processes_of(checkout)


def test_a_demo_in_the_background_of_a_script_hears_sigint(start, checkout):
    demo = start(of_a_script=True)
    wait_until_it_runs(demo)

    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=30)

    assert demo.returncode == 0
    assert not processes_of(checkout)


def test_demo_leaves_no_process_when_told_to_stop(start, checkout):
    demo = start()
    wait_until_it_runs(demo)

    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=30)

    assert not processes_of(checkout)


def test_demo_leaves_no_process_when_stopped_half_way(start, checkout):
    demo = start()
    demo.stdout.readline()

    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=30)

    assert demo.returncode == 128 + signal.SIGINT
    assert not processes_of(checkout)


def test_demo_leaves_no_process_when_killed(start, checkout):
    demo = start()
    wait_until_it_runs(demo)

    demo.kill()
    demo.communicate()

    eventually(lambda: not processes_of(checkout))


def test_demo_goes_on_stopping_when_its_terminal_is_gone(start, checkout):
    demo = start()
    wait_until_it_runs(demo)

    demo.stdout.close()
    demo.send_signal(signal.SIGHUP)

    assert demo.wait(timeout=30) == 0
    assert demo.stderr.read() == ""
    demo.stderr.close()
    assert not processes_of(checkout)


def test_demo_stops_when_a_terminal_is_gone_that_signals_only_another(start, checkout):
    master, slave = os.openpty()
    demo = start(stdout=slave)
    os.close(slave)
    said = b""
    while b"Alliance Match is at " not in said:
        said += os.read(master, 1024)

    os.close(master)

    assert demo.wait(timeout=30) == 0
    demo.stderr.close()
    assert not processes_of(checkout)


@pytest.mark.parametrize(
    ("name", "argument"), [("worker", "worker@%h"), ("mail", "mail@%h"), ("beat", "beat")]
)
def test_demo_says_which_child_died_and_stops_the_others(start, checkout, name, argument):
    demo = start(BREAK=argument)

    errors = demo.communicate(timeout=60)[1]

    assert demo.returncode == 1
    assert errors.startswith(
        f"{name} ended by itself (exit code 1). The end of {checkout}/.data/logs/{name}.log:"
    )
    assert "broken on purpose" in errors
    assert not processes_of(checkout)


def of_daemon(checkout, argument):
    """The process ids of a daemon, its children among them."""
    return {one.pid for one in processes_of(checkout) if argument in one.cmdline()}


def test_demo_starts_again_what_ended_later(start, checkout):
    demo = start()
    wait_until_it_runs(demo)
    before = of_daemon(checkout, "worker@%h")
    eventually(lambda: all(time.time() - psutil.Process(pid).create_time() > 6 for pid in before))

    for pid in before:
        os.kill(pid, signal.SIGKILL)
    said = demo.stdout.readline()
    while said and "worker" not in said:
        said = demo.stdout.readline()

    assert "worker ended by itself (exit code -9) and is started again." in said
    eventually(lambda: of_daemon(checkout, "worker@%h") - before)
    assert demo.poll() is None
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=30)
    assert demo.returncode == 0
    assert not processes_of(checkout)


def test_demo_says_when_its_database_died(start, checkout):
    demo = start()
    wait_until_it_runs(demo)

    pidfile = checkout / ".data" / "postgres" / "cluster" / "data" / "postmaster.pid"
    os.kill(int(pidfile.read_text().split()[0]), signal.SIGKILL)

    errors = demo.communicate(timeout=60)[1]
    assert demo.returncode == 1
    assert "PostgreSQL ended by itself" in errors


def test_demo_says_which_step_failed(start):
    demo = start(EXIT_CODE_OF_seed_demo="2")

    errors = demo.communicate(timeout=60)[1]

    assert (demo.returncode, errors.splitlines()[0]) == (1, "manage.py seed_demo failed (exit code 2).")


def test_demo_names_PORT_when_the_port_is_taken(start, checkout):  # noqa: N802 the variable's name
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        errors = start(PORT=port).communicate(timeout=30)[1]

    assert errors == f"Port {port} cannot be used (address already in use): choose another with PORT=8001.\n"


def test_a_second_demo_in_the_same_place_is_told_of_the_first(start):
    first = start()
    first.stdout.readline()

    errors = start().communicate(timeout=30)[1]

    assert errors.startswith("A demo already runs on ")
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)


def test_demo_works_twice_in_a_row_from_nothing_on(start, checkout):
    shutil.rmtree(checkout / ".data")

    for _ in range(2):
        demo = start("--once")
        demo.communicate(timeout=60)
        assert demo.returncode == 0
