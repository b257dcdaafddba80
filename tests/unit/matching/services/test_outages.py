"""A database that went away is distinguished from a statement that failed, and waited for."""

from contextlib import closing

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection

from alliance_match.accounts.models import Clinic
from alliance_match.matching.services import outages
from alliance_match.matching.services.outages import is_database_outage, retry_when_available


def failure(*statements):
    """What the database answers to the last of these statements, on a connection of their own."""
    beside = connection.copy()
    with closing(beside), beside.cursor() as cursor, pytest.raises(OperationalError) as caught:
        for statement in statements:
            cursor.execute(statement)
    return caught.value


def raiser(errors):
    """Work that raises these one after the other, and then is done."""

    def work():
        if errors:
            raise errors.pop(0)

    return work


def test_a_statement_that_takes_too_long_has_failed_by_itself(db):
    assert not is_database_outage(failure("SET statement_timeout = 20", "SELECT pg_sleep(5)"))


def test_a_statement_that_waits_too_long_has_failed_by_itself(db):
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE matching_rescorelock")

    assert not is_database_outage(
        failure("SET lock_timeout = 20", "BEGIN", "LOCK TABLE matching_rescorelock")
    )


@pytest.mark.parametrize("error", [ValueError(), IntegrityError(), None])
def test_any_other_error_is_no_outage(error):
    assert not is_database_outage(error)


def test_a_server_that_ends_the_connection_is_away(db):
    assert is_database_outage(failure("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_a_row_that_was_not_there_to_update_is_no_outage(db):
    with pytest.raises(DatabaseError) as caught:
        Clinic(pk=0, name="Gone", slug="gone").save(force_update=True)
    assert not is_database_outage(caught.value)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OperationalError, psycopg2.OperationalError("server closed")),
        (InterfaceError, psycopg2.InterfaceError("already closed")),
        # It died in the middle of an answer.
        (DatabaseError, psycopg2.DatabaseError("server closed the connection unexpectedly")),
    ],
)
def test_a_connection_without_an_answer_is_an_outage(error, cause):
    with pytest.raises(error) as caught:
        raise error from cause
    assert is_database_outage(caught.value)


def test_work_waits_until_the_database_answers(db, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    errors = [OperationalError(), InterfaceError()]

    retry_when_available(raiser(errors))

    assert errors == []


def test_it_does_not_wait_for_ever(db, monkeypatch):
    monkeypatch.setattr(outages, "PATIENCE", -1)

    with pytest.raises(OperationalError):
        retry_when_available(raiser([OperationalError()]))


def test_it_does_not_wait_where_the_work_itself_fails(db):
    with pytest.raises(ZeroDivisionError):
        retry_when_available(raiser([ZeroDivisionError()]))
