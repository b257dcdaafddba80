"""Logging in stands on the database alone: the broker may be gone, or hang."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"
REFUSED, IN = 200, 302


@pytest.fixture
def known_password(transactional_db, asha):
    """Asha's address; she knows the password, and nobody has tried any yet."""
    cache.clear()
    asha.set_password(PASSWORD)
    asha.save()
    return asha.email


@pytest.fixture
def came_of(known_password, environment):
    """A function that logs in, and then fails to, in a process with this broker; returns the statuses."""

    def came_of(broker):
        script = Path(__file__).with_name("log_in.py")
        own = {
            "REDIS_URL": broker,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "alliance_match.settings",
        }
        done = subprocess.run(
            [sys.executable, str(script), known_password, PASSWORD, *["wrong"] * 5, PASSWORD],
            cwd=ROOT,
            env=environment | own,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return came_of


EXPECTED = {"reset": IN, "tries": [IN, *[REFUSED] * 6]}


@pytest.mark.parametrize(
    "broker", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/valkey.sock?virtual_host=0"]
)
def test_one_logs_in_and_is_limited_while_the_broker_is_away(came_of, broker):
    assert came_of(broker) == EXPECTED


def test_one_logs_in_and_is_limited_while_the_broker_hangs(came_of):
    with socket.create_server(("127.0.0.1", 0)) as hung:
        assert came_of(f"redis://127.0.0.1:{hung.getsockname()[1]}/0") == EXPECTED
