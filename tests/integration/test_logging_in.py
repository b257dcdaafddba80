"""Logging in stands on the database alone: the broker may be gone, or hang."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest
from django.core.cache import cache

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"
REFUSED, IN = 200, 302


@pytest.fixture
def hung():
    """The address of a broker that takes connections and never says a word, as a stopped process does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


@pytest.fixture
def known_password(transactional_db, asha):
    """Asha's address; she knows the password, and nobody has tried any yet."""
    cache.clear()
    asha.set_password(PASSWORD)
    asha.save()
    return asha.email


@pytest.mark.parametrize(
    "broker", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/valkey.sock?virtual_host=0", "hung"]
)
def test_one_logs_in_and_is_limited_while_the_broker_is_away(known_password, environment, broker, hung):
    script = Path(__file__).with_name("log_in.py")
    done = subprocess.run(
        [sys.executable, str(script), known_password, PASSWORD, *["wrong"] * 5, PASSWORD],
        cwd=ROOT,
        env=environment
        | {
            "REDIS_URL": hung if broker == "hung" else broker,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "alliance_match.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["reset"]["status"] == IN
    assert [one["status"] for one in answer["tries"]] == [IN, *[REFUSED] * 6]
    # A broker that is waited for slows every page; a busy machine slows one now and then.
    assert median(one["seconds"] for one in (answer["reset"], *answer["tries"])) < 2.5
