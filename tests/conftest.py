"""The fixed cast. Whoever asks for a person gets the clinic and all that the person stands on.

Linden: Asha runs it; Mara, Jonas and Pavel are its therapists, Mara can log in. Cleo can log in too: she
is searching, has finished her intake, agreed to everything, and has had three sessions with Pavel. Wim waits
and has told nothing. Birch is another clinic that sees nothing of Linden: Bruno runs it, Britta is its
therapist, Bea its client, who has had three sessions with Britta.

`tests.people` makes them; more rows are made with the functions of `tests.cast`.
"""

import gc
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import caches
from django.db import connection
from django.test import Client as Browser
from django.test import TransactionTestCase, override_settings
from django.utils import translation

from alliance_match.accounts.models import Role
from surveys.models.instrument import instrument_version
from tests import cast, databases, people, worlds

gc.set_threshold(20_000)


def pytest_configure(config):
    databases.run_begin()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        databases.run_end()


def pytest_collection_finish(session):
    """What is there now stays: to search it for garbage over and over takes a sixth of the time."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Only a run of several workers has xdist."""
    from tests.scheduling import ShortQueues

    return ShortQueues(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What mostly waits for other processes begins first, and short tests fill the cores at the end."""
    items.sort(key=turn)


def turn(item):
    """The long ones, those that a browser walks, and all others as they came."""
    if item.get_closest_marker("long"):
        return 0
    return 1 if item.get_closest_marker("browser") else 2


@pytest.fixture(scope="session", autouse=True)
def static_root(tmp_path_factory):
    """An empty place for collected files. Static files themselves are found where they lie, once they are
    asked for: to list them all for each browser that a test opens takes as long as a page."""
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static"), WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True)
def steady_blur(monkeypatch):
    """What is published is blurred alike in every run."""
    worlds.blur_steady(monkeypatch)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """A password is hashed as everywhere, at the least cost there is: the real one is meant to take long."""
    with pytest.MonkeyPatch.context() as patch:
        for name, least in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, least)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_test_environment, django_db_blocker):
    """Each worker's database is a copy, for to migrate one takes many seconds; a busy machine may be slow to
    let one in."""
    connection.settings_dict["OPTIONS"]["connect_timeout"] = 30
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests that commit leave the database to the next one as it was copied."""
    with django_db_blocker.unblock():
        copied = databases.newest_transaction()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: databases.empty(copied))
        yield


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch):
    """Each test counts its log-ins for itself: all share one cache, and one address to be limited by."""
    monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)


@pytest.fixture(autouse=True)
def _own_instruments():
    """Versions are read once a process, and tests take theirs back."""
    yield
    instrument_version.cache_clear()


@pytest.fixture(autouse=True)
def _own_language():
    """A page that was read in German leaves its thread in German; the next test begins anew."""
    yield
    translation.deactivate()


@pytest.fixture
def instrument(db):
    """The shipped Alliance Check: six items from 0 to 10."""
    return cast.shipped_instrument()


@pytest.fixture
def linden(db, instrument):
    """The clinic in which most things happen."""
    return people.linden()


@pytest.fixture
def asha(linden):
    """Linden's admin (a User)."""
    return people.asha(linden)


@pytest.fixture
def mara(linden):
    """Linden's therapist who can log in: structured, concerns low mood and sleep."""
    return people.mara(linden)


@pytest.fixture
def jonas(linden):
    """Linden's therapist without a log-in: gentle, works with grief."""
    return people.jonas(linden)


@pytest.fixture
def pavel(linden):
    """The therapist whom Cleo sees."""
    return people.pavel(linden)


@pytest.fixture
def pavel_reads(linden, pavel):
    """Pavel can log in too, and so read what Cleo shares."""
    pavel.user = cast.make_member(linden, "Pavel", Role.THERAPIST)
    pavel.save()


@pytest.fixture
def cleo(linden):
    """Linden's searching client, with log-in, intake, style preferences and every consent."""
    return people.cleo(linden)


@pytest.fixture
def wim(linden):
    """A client on the waiting list who has told nothing and agreed to nothing."""
    return people.wim(linden)


@pytest.fixture
def episode(cleo, pavel):
    """Cleo's open care with Pavel: three weekly sessions, none rated."""
    return cast.make_episode(cleo, pavel)


@pytest.fixture
def third_session(episode):
    """The third session of Cleo with Pavel."""
    return episode.sessions.get(number=3)


@pytest.fixture
def birch(db, instrument):
    """The other clinic."""
    return people.birch()


@pytest.fixture
def bruno(birch):
    """Birch's admin (a User)."""
    return people.bruno(birch)


@pytest.fixture
def britta(birch):
    """Birch's therapist, with log-in."""
    return people.britta(birch)


@pytest.fixture
def bea(birch):
    """Birch's client, with log-in."""
    return people.bea(birch)


@pytest.fixture
def birch_episode(bea, britta):
    """Bea's open care with Britta: three weekly sessions, none rated."""
    return cast.make_episode(bea, britta)


@pytest.fixture
def log_in():
    """A function that gives the test client of a logged-in user."""

    def log_in(user):
        browser = Browser()
        browser.force_login(user)
        return browser

    return log_in


@pytest.fixture
def as_client(cleo, log_in):
    """Cleo's test client."""
    return log_in(cleo.user)


@pytest.fixture
def as_therapist(mara, log_in):
    """Mara's test client."""
    return log_in(mara.user)


@pytest.fixture
def as_admin(asha, log_in):
    """Asha's test client."""
    return log_in(asha)


@pytest.fixture
def as_other_admin(bruno, log_in):
    """The test client of Birch's admin."""
    return log_in(bruno)
