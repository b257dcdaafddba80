"""Notifying the worker costs nobody more than one wait."""

import time

import pytest
from kombu.exceptions import OperationalError

from alliance_match.matching import tasks


@pytest.fixture
def asked(monkeypatch):
    """How often the broker was asked; it does not answer."""
    asked = []

    def fail(**options):
        asked.append(options)
        raise OperationalError

    monkeypatch.setattr(tasks, "broker_pause", tasks.BrokerPause())
    monkeypatch.setattr(tasks.sweep, "apply_async", fail)
    return asked


def test_a_broker_that_did_not_answer_is_left_alone_for_a_while(asked, caplog):
    for _ in range(5):
        tasks.notify_worker()
    assert len(asked) == 1
    assert caplog.text.count("the broker is away") == 1


def test_it_is_asked_again_after_half_a_minute(asked, monkeypatch):
    tasks.notify_worker()
    later = time.monotonic() + tasks.PAUSE + 0.1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    tasks.notify_worker()
    assert len(asked) == 2


def test_a_broker_that_answers_is_asked_each_time(monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "broker_pause", tasks.BrokerPause())
    monkeypatch.setattr(tasks.sweep, "apply_async", lambda **_: asked.append(1))
    for _ in range(3):
        tasks.notify_worker()
    assert len(asked) == 3
