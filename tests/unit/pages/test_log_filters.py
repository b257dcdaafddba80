"""A log holds no address that opens something."""

import logging
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError

from alliance_match.pages.log_filters import NoLinks, NoOutageTracebacks


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/c/secret.sig/", "/c/…/"),
        ("/c/secret.sig/done/", "/c/…/done/"),
        ("/kiosk/secret:1:sig/check-in/", "/kiosk/…/check-in/"),
        ("/account/password/reset/key/a-secret/", "/account/password/reset/key/…/"),
        ("/check-ins/3/", "/check-ins/3/"),
        ("/c/", "/c/"),
    ],
)
def test_the_secret_of_an_address_is_left_out(path, kept):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Gone", path), None)

    assert NoLinks().filter(record)
    assert record.getMessage() == f"Gone: {kept}"


def test_every_handler_of_ours_leaves_it_out():
    handlers: Any = settings.LOGGING["handlers"]
    assert all(handler["filters"] == ["no_links"] for handler in handlers.values())


@pytest.mark.parametrize("path", ["/welcome/1:secret/", "/account/confirm-email/secret/"])
def test_links_that_open_an_account_are_left_out_too(path):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Gone: %s", (path,), None)
    NoLinks().filter(record)
    assert "secret" not in record.getMessage()


def refused(error):
    """What is logged of a request that ended in this error."""
    path = "/check-ins/3/"
    exc_info = (type(error), error, None)
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s: %s", ("Away", path), exc_info)
    assert NoOutageTracebacks().filter(record)
    return record


def test_a_request_refused_in_an_outage_is_one_line_that_names_the_error():
    record = refused(OperationalError("the password of 100% secret-host"))
    assert record.getMessage() == "Away: /check-ins/3/ (OperationalError)"
    assert record.exc_info is None


def test_a_fault_of_ours_keeps_its_traceback():
    assert refused(ZeroDivisionError()).exc_info


def test_the_logger_of_requests_leaves_tracebacks_of_outages_out():
    loggers: Any = settings.LOGGING["loggers"]
    assert loggers["django.request"]["filters"] == ["no_outage_tracebacks"]
