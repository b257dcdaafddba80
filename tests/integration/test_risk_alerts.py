"""An alert reaches people as it is due, whatever fails between the answer and the mail."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from alliance_match.accounts import mail
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.tasks import sweep as rescore_sweep
from alliance_match.safety.models import RiskAlert, RiskNotice
from alliance_match.safety.services import notices_create, notices_send
from alliance_match.safety.tasks import risk_alerts_sweep
from tests.cast import make_client, make_crisis_care, make_risk_alert
from tests.integration.postbox import Postbox

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
AWAY = "redis://127.0.0.1:1/0"


@pytest.fixture
def postbox():
    """The clinic's mail server."""
    box = Postbox()
    yield box
    box.speaks.set()
    box.close()


@pytest.fixture
def environment(environment, postbox):
    """As a worker runs for real: its mails go to the mail server."""
    real = {"ALLIANCE_DEMO": "0", "SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "match.example.org"}
    return environment | real | {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(postbox.port)}


@pytest.fixture
def care(linden, asha, mara):
    return make_crisis_care(linden, mara.user, asha)


def sweep():
    """What beat does twice a minute."""
    return risk_alerts_sweep.apply_async(retry=False)


def all_sent():
    return RiskNotice.objects.exists() and not RiskNotice.objects.unsent().exists()


def test_a_worker_killed_between_the_answer_and_the_mail_loses_nothing(
    worker, postbox, care, cleo, mara, patiently
):
    postbox.speaks.clear()
    make_risk_alert(cleo, 2)
    sweep()
    patiently(postbox.asked.is_set, worker.log.read_text)
    worker.kill()
    assert RiskAlert.objects.get().state == "open"
    assert not RiskNotice.objects.exclude(sent_at=None).exists()
    postbox.speaks.set()
    worker.start()
    sweep()
    patiently(all_sent, worker.log.read_text)
    assert [to for to, _text in postbox.taken] == [mara.user.email]


def test_a_worker_killed_again_and_again_tells_of_every_alert(worker, postbox, care, linden, mara, patiently):
    for k in range(9):
        make_risk_alert(make_client(linden, f"Client{k}"), k % 3 + 1)
        sweep()
        if k % 3 == 2:
            worker.kill()
            worker.start()
    sweep()
    # Counted first: a notice that comes between the two questions has not been sent.
    patiently(lambda: RiskNotice.objects.count() == 9 and all_sent(), worker.log.read_text)
    assert {notice.to for notice in RiskNotice.objects.select_related("to")} == {mara.user}
    # A crash just after the mail server took a mail repeats it: at most once for each kill.
    assert 9 <= len(postbox.taken) <= 12
    for told in (worker.log.read_text(), *(text for _to, text in postbox.taken)):
        assert "Client" not in told.replace("redis_client", "")


def test_an_answer_is_taken_while_the_broker_is_away_and_told_afterwards(
    environment, postbox, care, cleo, mara, patiently, request
):
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("post_danger.py")), cleo.user.email, "2"],
        cwd=ROOT,
        env=environment
        | {"ALLIANCE_DEMO": "1", "REDIS_URL": AWAY, "PYTHONPATH": str(ROOT)}
        | {"DJANGO_SETTINGS_MODULE": "alliance_match.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"status": 200, "calm": True}
    assert RiskAlert.objects.get().level == 2
    worker = request.getfixturevalue("worker")
    sweep()
    patiently(all_sent, worker.log.read_text)
    assert [to for to, _text in postbox.taken] == [mara.user.email]


def test_a_mail_server_that_was_away_gets_every_mail_once(worker, postbox, care, cleo, mara, patiently):
    postbox.close()
    make_risk_alert(cleo, 3)
    for tries in (1, 2):
        sweep()
        patiently(lambda n=tries: RiskNotice.objects.filter(tries=n).exists(), worker.log.read_text)
    assert not all_sent()
    back = Postbox(postbox.port)
    sweep()
    patiently(all_sent, worker.log.read_text)
    sweep()
    patiently(lambda: worker.log.read_text().count("risk_alerts_sweep") >= 8, worker.log.read_text)
    back.close()
    assert [to for to, _text in back.taken] == [mara.user.email]


def test_a_rescore_that_takes_long_delays_no_mail_about_danger(
    workers_apart, postbox, care, cleo, mara, patiently
):
    rescores, mail = workers_apart
    make_risk_alert(cleo, 3)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE matching_pendingrescore")
        for _ in range(3):
            rescore_sweep.apply_async(retry=False)
        patiently(lambda: "matching.tasks.sweep" in rescores.log.read_text(), rescores.log.read_text)
        began = time.monotonic()
        sweep()
        patiently(lambda: postbox.taken, mail.log.read_text)
        assert time.monotonic() - began < 10
        assert " succeeded in" not in rescores.log.read_text()


def test_two_workers_at_once_tell_once(transactional_db, care, cleo, mara, monkeypatch):
    sent, sending, done = [], threading.Event(), threading.Event()

    def send(_subject, _text, _sender, to):
        sent.extend(to)
        sending.set()
        assert done.wait(20)

    def other():
        notices_send(by=SystemActor.WORKER)
        connection.close()

    monkeypatch.setattr(mail, "send_mail", send)
    make_risk_alert(cleo, 3)
    notices_create(by=SystemActor.WORKER)
    first = threading.Thread(target=other)
    first.start()
    assert sending.wait(20)
    notices_create(by=SystemActor.WORKER)
    notices_send(by=SystemActor.WORKER)
    done.set()
    first.join()

    assert sent == [mara.user.email]
    assert all_sent()
