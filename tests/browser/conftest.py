"""The demo clinic on a real web server, and a real Chromium that is watched all the time."""

import os
import shutil
from contextlib import contextmanager
from functools import cache
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client as DjangoBrowser
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from alliance_match.accounts.models import Clinic, User
from alliance_match.accounts.views import DEMO_CLINIC
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import RescoreRun
from alliance_match.matching.services import pending_rescores_process
from surveys.models import AllianceRating, Response
from surveys.services import rating_withdraw
from tests import databases

# The first has no window to draw, which is half of the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# To start a process takes longer than what a page needs of it: a quarter of the time to open one.
FLAGS += ["--renderer-process-limit=1", "--in-process-gpu", "--enable-features=NetworkServiceInProcess2"]
PATIENCE = 10_000  # milliseconds; two cores may be busy with other tests
DESKTOP = {"width": 1180, "height": 900}


@pytest.fixture(scope="package")
def database(django_db_blocker):
    """A database of its own, in which the demo clinic can stay open from test to test."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    name = "test_browser_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in this thread
        patch.setitem(connection.settings_dict["TEST"], "NAME", name)
        demo = databases.template("demo", demo_seed, of=databases.migrated())
        patch.setitem(connection.settings_dict["TEST"], "TEMPLATE", demo)
        before = setup_databases(verbosity=0, interactive=False, aliases=dict.fromkeys(["default"]))
        yield
        # A thread of the web server may hold its connection a little longer, or open one more.
        connection.close()
        databases.drop(connection.settings_dict["NAME"])
        teardown_databases(before, verbosity=0, keepdb=True)


def demo_seed():
    """Open the demo clinic; a copy of its database has only the statistics made until then."""
    call_command("seed_demo", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.fixture(scope="package")
def site(database):
    """The address of the demo clinic."""
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture(scope="package")
def chromium():
    """A browser without a screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def wrongs():
    """Whatever the pages do wrong on the side, which fails the test at its end: a request to another machine,
    an error on the console, a script or a picture that is not there."""
    wrongs: list[str] = []
    yield wrongs
    assert wrongs == []


@pytest.fixture
def new_page(site, chromium, wrongs):
    """A function that opens a page with its own cookies, logged in as someone if asked."""
    contexts = []

    def new_page(email=None, **options):
        context = open_context(chromium, site, email, **options)
        contexts.append(context)
        page = context.new_page()
        watch(page, wrongs)
        return page

    yield new_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def kept_pages(site, chromium):
    """A function that gives a page for each person and language, which stays as browsers do, and the list of
    what it does wrong: a new one, which loads styles and scripts anew, takes three times as long."""

    @cache
    def kept_page(email, language):
        context = open_context(chromium, site, email)
        context.add_cookies([{"name": "django_language", "value": language, "url": site}])
        wrongs: list[str] = []
        page = context.new_page()
        watch(page, wrongs)
        return page, wrongs

    return kept_page


@pytest.fixture(scope="package")
def show(kept_pages):
    """A function that shows somebody who only looks around a page, in each language asked for."""

    @contextmanager
    def show(email, address):
        shown: list[list[str]] = []

        def in_language(language):
            page, wrongs = kept_pages(email, language)
            wrongs.clear()
            shown.append(wrongs)
            page.emulate_media(color_scheme="light")
            page.set_viewport_size(DESKTOP)
            page.goto(address)
            return page

        yield in_language
        assert [wrong for wrongs in shown for wrong in wrongs] == []

    return show


def open_context(chromium, site, email, **options):
    """A browser's own cookies and cache, logged in as someone if asked."""
    context = chromium.new_context(base_url=site, **({"viewport": DESKTOP} | options))
    context.set_default_timeout(PATIENCE)
    if email:
        context.add_cookies([session_cookie(email, site)])
    return context


def session_cookie(email, site):
    """What a log-in leaves in the browser."""
    browser = DjangoBrowser()
    browser.force_login(User.objects.get(email=email))
    return {"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": site}


def watch(page, wrongs):
    """Write down everything that a page must not do."""

    def requested(request):
        if urlsplit(request.url).hostname != "127.0.0.1" and not request.url.startswith("data:"):
            wrongs.append(f"asked for {request.url}")

    def answered(response):
        if response.status >= 400 and not response.request.is_navigation_request():
            wrongs.append(f"{response.status} for {response.url}")

    def said(message):
        # Of a document with an error status the console says so too; that one is meant.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            wrongs.append(f"console: {message.text}")

    page.on("request", requested)
    page.on("response", answered)
    page.on("console", said)
    page.on("pageerror", lambda error: wrongs.append(f"script: {error}"))


@pytest.fixture
def clinic(site):
    """The demo clinic; whatever a test answers in it is removed afterwards."""
    clinic = Clinic.objects.get(slug=DEMO_CLINIC)
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    last_run = RescoreRun.objects.in_clinic(clinic).first()
    stays = list(Response.objects.in_clinic(clinic).values_list("pk", flat=True))
    yield clinic
    answered = AllianceRating.objects.in_clinic(clinic).exclude(response=None).exclude(response__in=stays)
    for rating in answered:
        rating_withdraw(rating=rating, by=SystemActor.COMMAND)
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    answered.delete()
    Response.objects.in_clinic(clinic).exclude(pk__in=stays).delete()
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    RescoreRun.objects.in_clinic(clinic).filter(pk__gt=last_run.pk).delete()
