"""Real workers and a real beat say that they are alive, and fall silent when they are not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from alliance_match.operations.models import Heartbeat

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]


def alive():
    return set(Heartbeat.objects.recent().values_list("process", flat=True))


def test_each_worker_writes_the_heartbeat_of_the_queue_that_it_takes(worker, workers_apart, patiently):
    rescores, mail = workers_apart
    rescores.kill()
    mail.kill()
    Heartbeat.objects.all().delete()
    rescores.start()
    patiently(alive, rescores.log.read_text)
    assert alive() == {"worker"}
    mail.start()
    patiently(lambda: alive() == {"worker", "mail"}, mail.log.read_text)


def test_a_worker_of_both_queues_writes_both(worker, patiently):
    patiently(lambda: alive() == {"worker", "mail"}, worker.log.read_text)


@pytest.fixture
def beat(transactional_db, environment, tmp_path):
    """Beat as it is deployed, on a broker that is away: it must not ask anybody's workers for anything."""
    log = tmp_path / "beat.log"
    command = ["celery", "-A", "alliance_match.celery", "beat", "--schedule", str(tmp_path / "schedule")]
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--pidfile="],
            cwd=ROOT,
            env=environment | {"REDIS_URL": "redis://127.0.0.1:1/0"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    yield log
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_beat_writes_its_heartbeat_though_the_broker_is_away(beat, patiently):
    patiently(lambda: alive() == {"beat"}, beat.read_text)


def test_a_worker_that_cannot_write_its_heartbeat_goes_on(worker, patiently):
    worker.kill()
    Heartbeat.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE operations_heartbeat RENAME TO away")
    try:
        worker.start()
        patiently(lambda: "no heartbeat was written" in worker.log.read_text(), worker.log.read_text)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO operations_heartbeat")
    assert worker.process.poll() is None
