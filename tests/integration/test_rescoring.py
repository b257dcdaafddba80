"""From a posted rating to a new order, through the real worker, broker and database."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest
from django.db import connection, transaction
from django.urls import reverse

from alliance_match.audit.actors import SystemActor
from alliance_match.embedded.valkey import Valkey
from alliance_match.matching import dataset
from alliance_match.matching.models import (
    FailedRescore,
    ModelSnapshot,
    PendingRescore,
    RescoreRun,
    TrainingRow,
)
from alliance_match.matching.models.pending_rescore import MAX_ATTEMPTS
from alliance_match.matching.services import clinic_fit
from alliance_match.matching.tasks import notify_worker, sweep
from clients.models import Client
from tests import cast
from tests.unit.matching.states import newest_state
from tests.unit.prediction.laws import from_scratch, same_means

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clinic(linden, mara, jonas, pavel, cleo, third_session):
    """Linden with a dozen ratings and a first snapshot; Cleo has not answered yet."""
    for k in range(12):
        client = cast.make_client(linden, f"Rater{k}", style=[(k % 7 - 3, 2)], status="ended")
        episode = cast.make_episode(client, [mara, jonas, pavel][k % 3])
        cast.make_rating(episode.sessions.get(number=3), 55 + 3 * k)
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    return linden


def post_rating(browser, session, answer=1):
    """Check in as anybody would."""
    answers = dict.fromkeys(cast.ITEMS, str(answer))
    return browser.post(reverse("check_in", args=[session.pk]), answers | {"comment_reader": "nobody"})


def test_a_posted_rating_is_rescored_by_the_worker_within_five_seconds(
    worker, clinic, cleo, third_session, as_client, patiently
):
    before = {m.therapist.pk: m.mean for m in cast.matches_of(cleo)}
    assert post_rating(as_client, third_session).status_code == 302
    seconds = patiently(lambda: not PendingRescore.objects.exists(), worker.log.read_text)
    assert seconds < 5
    assert {m.therapist.pk: m.mean for m in cast.matches_of(cleo)} != before
    assert b"all that you rated yourself" in as_client.get(reverse("suggestions")).content


def test_a_worker_killed_again_and_again_loses_nothing_and_counts_nothing_twice(
    worker, clinic, cleo, raters_to_come, patiently
):
    for k, session in enumerate(raters_to_come):
        cast.make_check_in(session, k % 11)
        notify_worker()
        if k % 3 == 2:
            worker.kill()
            worker.start()

    def done():
        if PendingRescore.objects.exists():
            notify_worker()
            return False
        return True

    patiently(done, worker.log.read_text)
    rows = TrainingRow.objects.filter(rating__session__in=raters_to_come)
    assert rows.count() == len(raters_to_come)
    state = newest_state(clinic)
    table = dataset.training_table(
        state.features, state.instruments, list(TrainingRow.objects.in_clinic(clinic))
    )
    assert state.ratings == len(table) == 12 + len(raters_to_come)
    same_means(state, from_scratch(state, table))


@pytest.fixture
def outage():
    """A function that makes the database refuse everybody but this test, or take them again."""
    name = connection.settings_dict["NAME"]
    here = connection.cursor().connection.info.backend_pid
    beside = psycopg2.connect(os.environ["DATABASE_URL"])
    beside.autocommit = True

    def refuse(everybody):
        with beside.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {not everybody}')
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
                [name, here],
            )

    yield refuse
    refuse(False)
    beside.close()


def work_off_the_queue(worker, patiently):
    """Wait until whatever earlier tests left pending is processed."""
    last = sweep.apply_async().id
    patiently(lambda: f"[{last}] succeeded" in worker.log.read_text(), worker.log.read_text)


def test_a_worker_goes_on_after_the_database_was_away(worker, clinic, third_session, patiently, outage):
    work_off_the_queue(worker, patiently)
    cast.make_check_in(third_session, 3)
    outage(True)
    for failures in range(1, 8):
        notify_worker()
        patiently(
            lambda n=failures: worker.log.read_text().count("raised unexpected") >= n, worker.log.read_text
        )
    outage(False)
    notify_worker()
    patiently(lambda: not PendingRescore.objects.exists(), worker.log.read_text)
    assert not FailedRescore.objects.exists()
    assert TrainingRow.objects.filter(rating__session=third_session).exists()


def blocked_workers():
    """How many connections to this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE datname = current_database() AND NOT granted"
        )
        return cursor.fetchone()[0]


def test_a_database_lost_in_the_middle_again_and_again_is_no_failed_attempt(
    worker, clinic, third_session, patiently, outage
):
    work_off_the_queue(worker, patiently)
    cast.make_check_in(third_session, 3)
    for losses in range(1, MAX_ATTEMPTS + 2):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE matching_trainingrow")
            notify_worker()
            patiently(lambda: blocked_workers() == 1, worker.log.read_text)
            outage(True)
        outage(False)
        patiently(
            lambda n=losses: worker.log.read_text().count("raised unexpected") >= n, worker.log.read_text
        )
    notify_worker()
    patiently(lambda: not PendingRescore.objects.exists(), worker.log.read_text)
    assert not FailedRescore.objects.exists()
    assert TrainingRow.objects.filter(rating__session=third_session).exists()


@pytest.fixture
def raters_to_come(clinic, linden, mara):
    """Third sessions nobody has rated yet."""
    clients = [cast.make_client(linden, f"New{k}", status="in_care") for k in range(9)]
    return [cast.make_episode(client, mara).sessions.get(number=3) for client in clients]


def test_a_first_rating_at_a_clinic_without_snapshot_makes_one(
    worker, linden, mara, cleo, third_session, as_client, patiently
):
    post_rating(as_client, third_session)
    patiently(lambda: ModelSnapshot.objects.in_clinic(linden).exists(), worker.log.read_text)
    patiently(lambda: not PendingRescore.objects.exists(), worker.log.read_text)
    assert cast.matches_of(cleo)


@pytest.mark.parametrize(
    "broker", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/valkey.sock?virtual_host=0"]
)
def test_a_rating_is_taken_while_the_broker_is_away(clinic, cleo, third_session, environment, broker):
    script = Path(__file__).with_name("post_rating.py")
    done = subprocess.run(
        [sys.executable, str(script), cleo.user.email, str(third_session.pk)],
        cwd=ROOT,
        env=environment
        | {"REDIS_URL": broker, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "alliance_match.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["status"] == 302
    assert answer["slept"] < 0.5
    assert PendingRescore.objects.filter(client_id=cleo.pk).exists()
    assert not RescoreRun.objects.filter(ratings=1).exists()


@pytest.fixture
def frozen_broker():
    """The address of a real broker that takes connections and says nothing: it was stopped."""
    home = Path(tempfile.mkdtemp(prefix="frozen-"))  # a socket's path must be short
    server = Valkey(home)
    server.runtime.mkdir()
    process = subprocess.Popen(server.command, env=server.environment, stdout=subprocess.DEVNULL)
    while not server.is_ready(process.pid):
        time.sleep(0.05)
    process.send_signal(signal.SIGSTOP)
    yield server.url
    process.kill()
    process.wait()
    shutil.rmtree(home)


def test_a_frozen_broker_costs_one_who_answers_a_wait_and_the_next_none(environment, frozen_broker):
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("notify.py")), "4"],
        cwd=ROOT,
        env=environment
        | {"REDIS_URL": frozen_broker, "PYTHONPATH": str(ROOT)}
        | {"DJANGO_SETTINGS_MODULE": "alliance_match.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, *others = json.loads(done.stdout)
    assert 1 < first < 10
    assert max(others) < 0.1


def test_who_sees_others_has_suggestions_without_the_pair_within_five_seconds(
    worker, clinic, cleo, pavel, mara, third_session, as_client, patiently
):
    Client.objects.filter(pk=cleo.pk).update(status="in_care")
    notify_worker()
    patiently(lambda: not PendingRescore.objects.exists(), worker.log.read_text)
    assert not cast.matches_of(cleo)

    answer = as_client.post(reverse("bond_others", args=[third_session.episode_id]), {"ends_episode": "on"})

    assert answer.url == reverse("suggestions")
    assert patiently(lambda: cast.matches_of(cleo), worker.log.read_text) < 5
    suggested = {match.therapist.pk for match in cast.matches_of(cleo)}
    assert mara.pk in suggested
    assert pavel.pk not in suggested
