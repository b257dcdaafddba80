"""Starting and ending processes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from alliance_match.embedded.processes import (
    end_processes,
    end_stray_processes,
    last_log_lines,
    start_process,
    stray_processes,
)

# Only these tests start processes from one with threads, which pytest-xdist has.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")

GENTLE = [(signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)]
HURRIED = [(signal.SIGTERM, 0.2), (signal.SIGKILL, 5.0)]
DEAF = "trap '' TERM; echo up; while :; do sleep 0.05; done"


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


def start(log, *command, directory=None):
    with log.open("wb") as output:
        return start_process(command, output=output, environment=dict(os.environ), directory=directory)


def wait_for(text, log):
    deadline = time.monotonic() + 5
    while text not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def exists(pid):
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_ending_asks_first(log):
    process = start(log, "sleep", "60")

    end_processes([process], GENTLE)

    assert process.returncode == -signal.SIGTERM


def test_ending_kills_a_process_that_does_not_listen(log):
    process = start(log, "sh", "-c", DEAF)
    wait_for("up", log)

    end_processes([process], HURRIED)

    assert process.returncode == -signal.SIGKILL


def test_ending_takes_the_grandchildren_along(log):
    process = start(log, "sh", "-c", "sleep 60 & echo $!; wait")
    wait_for("\n", log)

    end_processes([process], GENTLE)

    grandchild = int(log.read_text())
    deadline = time.monotonic() + 5
    while exists(grandchild):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its starter died")
def test_a_process_dies_with_its_starter(log):
    script = (
        "import os, sys; from alliance_match.embedded.processes import start_process\n"
        "sleeper = start_process(['sleep', '60'], output=sys.stderr.buffer, environment=os.environ)\n"
        "print(sleeper.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)

    deadline = time.monotonic() + 5
    while exists(int(done.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="strays are found by /proc")
def test_strays_are_known_by_program_and_directory(log, tmp_path):
    here = start(log, "sleep", "60", directory=tmp_path)
    elsewhere = start(log, "sleep", "60", directory=Path("/"))
    try:
        assert stray_processes("sleep", tmp_path) == [here.pid]
        assert stray_processes("cat", tmp_path) == []
    finally:
        end_processes([here], GENTLE)
        end_processes([elsewhere], GENTLE)


@pytest.mark.skipif(sys.platform != "linux", reason="strays are found by /proc")
def test_ending_strays_leaves_others_alone(log, tmp_path):
    # Its parent is gone, as a stray's is.
    with log.open("wb") as output:
        subprocess.run(["sh", "-c", "sleep 60 & echo $!"], cwd=tmp_path, stdout=output, check=True)
    elsewhere = start(tmp_path / "other", "sleep", "60", directory=Path("/"))

    end_stray_processes("sleep", tmp_path, HURRIED)

    assert not exists(int(log.read_text()))
    assert elsewhere.poll() is None
    end_processes([elsewhere], GENTLE)


def test_a_tail_is_the_last_lines_indented(log):
    log.write_text("".join(f"line {number}\n" for number in range(30)))

    assert last_log_lines(log, lines=2) == "    line 28\n    line 29"


@pytest.mark.parametrize("text", ["", "\n", None])
def test_a_tail_says_when_there_is_nothing(log, text):
    if text is not None:
        log.write_text(text)

    assert "empty" in last_log_lines(log)
