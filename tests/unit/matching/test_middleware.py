"""The worker is notified after a write, and nobody waits for it."""

from threading import Event

import pytest
from django.http import HttpResponse

from alliance_match.matching import middleware

SECONDS = 10


class HangingBroker:
    """In place of `notify_worker`: takes a message and does not come back until it is let go on."""

    def __init__(self):
        self.messages, self.began, self.released = 0, Event(), Event()

    def __call__(self):
        self.messages += 1
        self.began.set()
        assert self.released.wait(SECONDS)


@pytest.fixture
def broker(monkeypatch):
    hanging = HangingBroker()
    monkeypatch.setattr(middleware, "notify_worker", hanging)
    yield hanging
    hanging.released.set()


def answer_with(status):
    return middleware.RescoreNotificationMiddleware(lambda request: HttpResponse(status=status))


def test_no_answer_waits_for_a_broker_that_hangs(broker, rf):
    site = answer_with(302)
    assert site(rf.post("/")).status_code == 302
    assert broker.began.wait(SECONDS)
    assert not broker.released.is_set()


def test_what_is_written_while_the_broker_is_asked_shares_one_message(broker, rf):
    site = answer_with(302)
    site(rf.post("/"))
    assert broker.began.wait(SECONDS)
    broker.began.clear()
    for _ in range(20):
        site(rf.post("/"))
    broker.released.set()
    assert broker.began.wait(SECONDS)
    assert broker.messages == 2


@pytest.mark.parametrize(("method", "status"), [("get", 200), ("post", 503)])
def test_nobody_is_notified_of_a_read_or_an_error(broker, rf, method, status):
    answer_with(status)(getattr(rf, method)("/"))
    assert not broker.began.wait(0.1)
