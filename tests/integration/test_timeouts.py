"""Somebody else's open transaction costs a page a few seconds and a word to come back, never the site."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
CALM = 8.0  # seconds; three of them are the lock's, and the machine may be busy


class Site:
    """The web server as it is deployed, on a port of its own."""

    def __init__(self, log, environment):
        self.log = log
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        descriptor = self.listener.fileno()
        command = ["gunicorn", "alliance_match.wsgi", "--bind", f"fd://{descriptor}", "--no-control-socket"]
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command, "--workers", "1", "--threads", "4"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
                pass_fds=[descriptor],
            )

    def ask(self, path, cookies="", method="GET"):
        """Status, headers, text and seconds of one request."""
        began = time.monotonic()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as asked:
            asked.request(method, path, headers={"Cookie": cookies})
            response = asked.getresponse()
            return response.status, response.headers, response.read().decode(), time.monotonic() - began

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.listener.close()


@pytest.fixture
def site(environment, tmp_path):
    site = Site(tmp_path / "web.log", environment | {"SECRET_KEY": settings.SECRET_KEY})
    assert site.ask("/health/live")[0] == 200
    yield site
    site.stop()


@contextmanager
def held(statement, *values):
    """Run a statement in a transaction that stays open."""
    name = connection.settings_dict["NAME"]
    with closing(psycopg2.connect(os.environ["DATABASE_URL"], dbname=name)) as other:
        other.cursor().execute(statement, values)
        yield
        other.rollback()


def session_of(user):
    """The cookie of a session of this user that is due to be written down again."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def is_calm(answer):
    status, headers, text, seconds = answer
    assert status == 503
    assert headers["Retry-After"] == "10"
    assert "away for a moment" in text
    assert seconds < CALM


def test_a_page_of_a_locked_table_is_a_calm_503_and_all_others_are_served(site, linden):
    with held("LOCK TABLE accounts_clinic"):
        is_calm(site.ask("/"))
        status, *_, seconds = site.ask("/account/login/")
        assert (status, seconds < CALM) == (200, True)
        status, _, text, _ = site.ask("/health/ready")
        assert (status, json.loads(text)["late"]) == (200, ["unknown"])
    assert site.ask("/")[0] == 200


def test_a_refused_request_is_one_line_of_the_log(site, linden):
    before = site.log.read_text()
    with held("LOCK TABLE accounts_clinic"):
        is_calm(site.ask("/"))
    (line,) = site.log.read_text().removeprefix(before).splitlines()
    assert line.endswith("ERROR django.request Service Unavailable: / (LockNotAvailable)")


def test_a_locked_session_is_no_bad_request(site, cleo):
    """Django takes a session that cannot be written for one that was deleted meanwhile, and answers 400."""
    cookie = session_of(cleo.user)
    with held("SELECT * FROM django_session FOR UPDATE"):
        is_calm(site.ask("/suggestions/", cookie))
    assert site.ask("/suggestions/", cookie)[0] == 200


@pytest.mark.parametrize(
    ("name", "most"),
    [("statement_timeout", 10), ("lock_timeout", 3), ("idle_in_transaction_session_timeout", 30)],
)
def test_the_web_server_waits_shorter_than_everybody_else(name, most):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)::interval", [name])
        (elsewhere,) = cursor.fetchone()
    assert settings.WEB_TIMEOUTS[name] == most < elsewhere.total_seconds() < 24 * 3600
