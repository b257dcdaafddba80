"""`make demo` and `make test` are all that a reader needs; the second is what runs this file."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from alliance_match.embedded import directories

CHECKOUT = directories.CHECKOUT
OLD = "import sys; sys.version_info = (3, 10, 13); exec(sys.argv[1])"
WITHOUT_VENV = "import sys; sys.modules['ensurepip'] = None; exec(sys.argv[1])"


def make(*arguments, directory=CHECKOUT, **variables):
    # Of the make that runs these tests nothing may reach the one that they run.
    unset = {
        "MAKEFLAGS",
        "MAKELEVEL",
        "MFLAGS",
        "PYTHON",
        "PORT",
        "DATABASE_URL",
        "REDIS_URL",
        "ALLIANCE_DEMO",
    }
    environment = {k: v for k, v in os.environ.items() if k not in unset} | variables
    command = ["make", *arguments]
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture
def bare_checkout(tmp_path):
    """A directory with nothing installed yet."""
    for name in ("Makefile", "requirements-embedded.txt", "requirements-dev.txt"):
        shutil.copy(CHECKOUT / name, tmp_path)
    return tmp_path


def python_that(does, path):
    """Make an interpreter that is this one but for a few words said beforehand; `$2` follows `-c`."""
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{does}" "$2"\n')
    path.chmod(0o755)
    return path


def test_make_says_what_there_is_to_make():
    targets = re.search(r"^\.PHONY: (.*)$", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)[1].split()

    lines = make().stdout.splitlines()

    assert [line.split()[1] for line in lines] == targets


@pytest.mark.parametrize("command", ["demo", "demo-once", "test", "check"])
@pytest.mark.parametrize("does", [OLD, WITHOUT_VENV], ids=["old", "without venv"])
def test_make_says_in_one_line_that_a_python_will_not_do(bare_checkout, command, does):
    interpreter = python_that(does, bare_checkout / "python")

    done = make(command, f"PYTHON={interpreter}", directory=bare_checkout)

    assert done.returncode != 0
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"{interpreter} will not do: this needs Python 3.11 or newer with venv" in line
    assert not (bare_checkout / ".venv").exists()


def test_make_passes_over_a_python_that_will_not_do(bare_checkout):
    programs = bare_checkout / "programs"
    programs.mkdir()
    python_that(OLD, programs / "python3.13")
    (programs / "python3.12").symlink_to(sys.executable)

    done = make("--dry-run", "demo", directory=bare_checkout, PATH=f"{programs}:{os.environ['PATH']}")

    assert "python3.12 -m venv" in done.stdout


def test_make_demo_needs_none_of_the_packages_for_developers():
    makefile = (CHECKOUT / "Makefile").read_text()

    assert re.search(r"^demo: \$\(VENV\)/\.embedded ", makefile, re.MULTILINE)


def test_ci_runs_what_a_developer_runs():
    script = CHECKOUT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-2:] == ["make check", "make test ARGS=--cov"]


@pytest.mark.long
@pytest.mark.worker
def test_make_demo_once_re_scores_a_real_rating_twice_in_a_row(tmp_path_factory):
    data = tmp_path_factory.mktemp("demo")
    # What is installed here is what the tests run with; nothing is installed while they run.
    installed = ["--assume-old", ".venv/.embedded"]
    try:
        for _ in range(2):
            done = make(*installed, "demo-once", ALLIANCE_DATA_DIR=str(data))
            assert done.returncode == 0, done.stdout + done.stderr
            assert done.stderr == ""
    finally:
        directories.discard_directory(Path(data, "postgres"))
