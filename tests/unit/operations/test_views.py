"""Two addresses for whoever watches over the machine."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now

from alliance_match.operations.models import Heartbeat

NOWHERE = "redis://127.0.0.1:1/0"


def test_is_live_without_database_or_log_in(client):
    response = client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.fixture
def alive(db):
    """Every process was alive a moment ago."""
    Heartbeat.objects.write(Heartbeat.Process.values)


@pytest.mark.django_db
class TestReady:
    def test_is_ok_when_database_and_broker_answer_and_nothing_is_late(self, client, alive):
        response = client.get("/health/ready")
        assert response.status_code == 200
        assert response.json() == {"status": "ok", "database": "ok", "broker": "ok", "late": []}

    def test_is_amber_and_still_200_without_the_broker(self, client, settings, alive):
        settings.CELERY_BROKER_URL = NOWHERE
        response = client.get("/health/ready")
        assert response.status_code == 200
        assert response.json() == {"status": "amber", "database": "ok", "broker": "away", "late": []}

    def test_is_amber_and_still_200_where_work_is_late(self, client, alive):
        Heartbeat.objects.filter(process="worker").update(at=Now() - timedelta(seconds=121))
        response = client.get("/health/ready")
        assert response.status_code == 200
        assert response.json() == {"status": "amber", "database": "ok", "broker": "ok", "late": ["worker"]}

    def test_is_down_without_the_database_and_says_no_more(self, client, monkeypatch):
        monkeypatch.setattr(connection, "cursor", away)
        response = client.get("/health/ready")
        assert response.status_code == 503
        assert response.json() == {"status": "down", "database": "away", "broker": "ok", "late": []}

    def test_is_never_cached(self, client):
        assert "no-store" in client.get("/health/ready").headers["Cache-Control"]

    def test_can_only_be_read(self, client):
        assert client.post("/health/ready").status_code == 405


def away():
    raise OperationalError("could not connect to secret-host")
