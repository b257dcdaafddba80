"""A session that was deleted meanwhile, distinguished from one that the database did not take."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError

from alliance_match.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    session = SessionStore()
    session["a"] = 1
    session.save()
    return session


def test_a_deleted_session_is_not_written_again(session):
    SessionStore().delete(session.session_key)
    with pytest.raises(UpdateError):
        session.save()


def test_an_outage_is_told_as_what_it_is(session, monkeypatch):
    def away(**_):
        raise OperationalError

    monkeypatch.setattr(SessionStore.get_model_class(), "save", lambda *_, **__: away())
    with pytest.raises(OperationalError):
        session.save()


def test_a_session_is_read_back(session):
    assert SessionStore(session.session_key)["a"] == 1
