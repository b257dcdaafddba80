"""A session that was deleted meanwhile, distinguished from one that the database did not take."""

import psycopg2
import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, InterfaceError, OperationalError

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


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, DatabaseError])
def test_an_outage_is_told_as_what_it_is(session, monkeypatch, error):
    """Of a server that dies in the middle of an answer psycopg2 says no more than DatabaseError."""

    def away(*_, **__):
        raise error from psycopg2.DatabaseError()

    monkeypatch.setattr(SessionStore.get_model_class(), "save", away)
    with pytest.raises(error):
        session.save()


def test_a_session_is_read_back(session):
    assert SessionStore(session.session_key)["a"] == 1
