"""The shortest misfortunes of `make chaos`, once each: `benchmarks/load/` says what must hold."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240


@pytest.fixture(scope="module")
def chaos(tmp_path_factory):
    """A function that lets scenarios happen on servers of their own; exit code and the table."""

    def happen(*arguments):
        unset = {"DATABASE_URL", "REDIS_URL", "ALLIANCE_DEMO", "SECRET_KEY"}
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load", "chaos", "--short", *arguments],
            cwd=ROOT,
            env=environment | {"ALLIANCE_DATA_DIR": str(tmp_path_factory.mktemp("chaos"))},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return happen


@pytest.mark.long
@pytest.mark.worker
def test_nothing_is_lost_or_counted_twice_in_a_short_chaos(chaos):
    exit_code, said = chaos("--seeds", "1", "--only", "R1", "R3", "R5")
    assert exit_code == 0, said
    assert said.count("| yes |") == 3
