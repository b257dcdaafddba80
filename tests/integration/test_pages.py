"""Every address with every kind of person; an address that the table does not name fails here."""

import re
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.sessions.models import Session as BrowserSession
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client as Browser
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from alliance_match.accounts.api import HasRole
from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.services import clinic_fit
from clients.models import Consent
from clients.services import introduction_accept, mark_set
from surveys.links import kiosk_token, link_token
from surveys.services import invitation_get_or_create, note_keep
from tests import people
from tests.cast import (
    NOON,
    make_check_in,
    make_client,
    make_episode,
    make_instrument,
    make_introduction,
    make_rating,
    make_risk_alert,
    make_therapist,
    shipped_instrument,
)
from therapists.links import accepting_token

# Cleo and Mara and Asha are Linden's client, therapist and admin, Bea and Bruno are Birch's client and admin.
# The sessions asked for are Cleo's. `login` stands for a redirect to the log-in page.
ACTORS = ("anonymous", "cleo", "mara", "asha", "bea", "bruno")
ALL_200 = "200 200 200 200 200 200"
ALL_400 = "400 400 400 400 400 400"
ALL_302 = "302 302 302 302 302 302"
ALL_404 = "404 404 404 404 404 404"
ALL_422 = "422 422 422 422 422 422"
ALL_405 = "405 405 405 405 405 405"
INSIDE_200 = "login 200 200 200 200 200"
INSIDE_302 = "login 302 302 302 302 302"
INSIDE_403 = "login 403 403 403 403 403"
INSIDE_404 = "login 404 404 404 404 404"
INSIDE_405 = "login 405 405 405 405 405"
OUTSIDE_200 = "200 302 302 302 302 302"
CLIENTS = "login 200 404 404 200 404"
INTAKE = "login 302 404 404 302 404"
CLEO = "login 200 404 404 404 404"
MARA = "login 404 200 404 404 404"
ASHA = "login 404 404 200 404 404"
ADMINS = "login 404 404 200 404 200"
THOSE_WHO_LOG = "login 404 200 200 404 200"
TABLE = {  # by name of the address: what a GET gets, and what an empty POST gets
    "home": (ALL_200, ALL_405),
    "health_live": (ALL_200, ALL_405),
    "health_ready": (ALL_200, ALL_405),
    "language_choose": (ALL_405, ALL_400),
    "time_zone": (CLIENTS, "login 422 404 404 422 404"),
    "clinic_settings": (ADMINS, "login 404 404 422 404 422"),
    "admins": (ADMINS, "login 404 404 422 404 422"),
    "admin_end": (INSIDE_405, "login 404 404 302 404 404"),
    "join": (ALL_200, ALL_422),
    "join_sent": (ALL_200, ALL_405),
    "join_finish": (ALL_404, ALL_404),
    "start": (INSIDE_302, INSIDE_405),
    "role_choose": (INSIDE_405, INSIDE_404),
    "demo_enter": (ALL_405, ALL_404),
    "demo_mail": (ALL_200, ALL_405),
    "how_matching_works": (OUTSIDE_200, ALL_405),
    "clinic_matching": (ALL_200, ALL_405),
    "suggestions": (CLIENTS, INSIDE_405),
    "looked": (INSIDE_405, "login 204 404 404 204 404"),
    "browse": (CLIENTS, INSIDE_405),
    "favourites": (CLIENTS, INSIDE_405),
    "therapist": (CLEO, INSIDE_405),
    "wait": (INSIDE_405, "login 302 404 404 404 404"),
    "mark": (INSIDE_405, "login 302 404 404 404 404"),
    "room": (INSIDE_405, "login 404 302 404 404 404"),
    "clients": (ADMINS, INSIDE_405),
    "client_invite": (ASHA, "login 404 404 422 404 404"),
    "therapist_invite": (ASHA, "login 404 404 422 404 404"),
    "begin": ("login 302 404 404 302 404", INSIDE_405),
    "consents": (CLIENTS, "login 302 404 404 302 404"),
    "care_withdraw": (CLIENTS, "login 302 404 404 302 404"),
    "intake": (INTAKE, INSIDE_405),
    "intake_step": (CLIENTS, INTAKE),
    "ask": (CLEO, "login 422 404 404 404 404"),
    "introductions": (CLIENTS, INSIDE_405),
    "withdraw": (INSIDE_405, "login 302 404 404 404 404"),
    "call_off": (INSIDE_405, "login 302 404 404 404 404"),
    "calendar": (CLEO, INSIDE_405),
    "care": (CLIENTS, INSIDE_405),
    "caseload": ("login 404 200 200 404 200", INSIDE_405),
    "episode_end": ("login 200 404 200 404 404", "login 422 404 422 404 404"),
    "ending_undo": (INSIDE_405, "login 302 404 302 404 404"),
    "bond": (CLEO, INSIDE_405),
    "bond_talk": (CLEO, "login 422 404 404 404 404"),
    "bond_again": (INSIDE_405, "login 302 404 404 404 404"),
    "bond_others": (CLEO, "login 302 404 404 404 404"),
    "bond_stay": (INSIDE_405, "login 302 404 404 404 404"),
    "note_delete": (INSIDE_405, "login 302 404 404 404 404"),
    "alerts": (MARA, INSIDE_405),
    "alert_close": (INSIDE_405, "login 404 400 404 404 404"),
    "requests": ("login 404 200 200 404 200", INSIDE_405),
    "request": (MARA, "login 404 422 404 404 404"),
    "move": (ASHA, "login 404 404 422 404 404"),
    "request_call_off": (INSIDE_405, "login 404 404 302 404 404"),
    "request_seen": (INSIDE_405, "login 404 204 404 404 404"),
    "own_data": (CLIENTS, INSIDE_405),
    "own_data_file": (CLIENTS, INSIDE_405),
    "own_answers_file": (CLIENTS, INSIDE_405),
    "check_ins": (CLIENTS, INSIDE_405),
    "check_in": (CLEO, "login 422 404 404 404 404"),
    "check_in_done": (CLEO, INSIDE_405),
    "check_in_share": (INSIDE_405, "login 302 404 404 404 404"),
    "check_in_take_back": (CLEO, "login 302 404 404 404 404"),
    "how_often": (CLIENTS, "login 200 404 404 200 404"),
    "link": ("200 200 403 403 403 403", "422 422 403 403 403 403"),
    "link_done": ("200 200 403 403 403 403", ALL_405),
    "link_how_often": ("200 200 403 403 403 403", "200 200 403 403 403 403"),
    "kiosk": ("200 403 403 403 403 403", ALL_405),
    "kiosk_check_in": ("200 403 403 403 403 403", "422 403 403 403 403 403"),
    "kiosk_done": ("200 403 403 403 403 403", ALL_405),
    "sessions": (THOSE_WHO_LOG, INSIDE_405),
    "logged": (ASHA, "login 404 404 422 404 404"),
    "log_today": (INSIDE_405, "login 404 404 302 404 404"),
    "session_undo": (INSIDE_405, "login 404 404 302 404 404"),
    "kiosk_start": (INSIDE_405, "login 404 404 302 404 404"),
    "calendar_upload": (THOSE_WHO_LOG, "login 404 422 422 404 422"),
    "calendar_log": (INSIDE_405, "login 404 302 302 404 302"),
    "comments": (ADMINS, INSIDE_405),
    "asking": (ADMINS, "login 404 404 422 404 422"),
    "instruments": (ADMINS, INSIDE_405),
    "instrument_new": (ADMINS, "login 404 404 422 404 422"),
    "instrument_declare": (ASHA, "login 404 404 422 404 404"),
    "instrument_switch": (INSIDE_405, "login 404 404 302 404 404"),
    "instrument_ask": (INSIDE_405, "login 404 404 302 404 404"),
    "instrument_json": (ASHA, INSIDE_405),
    "instrument_fhir": (ASHA, INSIDE_405),
    "symptoms": (CLIENTS, INSIDE_405),
    "symptom_part": (CLIENTS, "login 422 404 404 422 404"),
    "symptom_hear": (INSIDE_405, "login 200 404 404 200 404"),
    "somebody_now": (ALL_200, ALL_302),
    "clinic_somebody_now": (ALL_200, ALL_405),
    "link_somebody_now": ("200 200 403 403 403 403", "302 302 403 403 403 403"),
    "kiosk_somebody_now": ("200 403 403 403 403 403", "302 403 403 403 403 403"),
    "care_alerts": ("login 404 200 200 404 200", INSIDE_405),
    "care_alert": (ASHA, "login 404 404 302 404 404"),
    "crisis_care": (ADMINS, "login 404 404 422 404 422"),
    "my_alliance": (MARA, INSIDE_405),
    "still_accepting": (ALL_200, ALL_200),
    "roster": (ADMINS, INSIDE_405),
    "rescoring": (ADMINS, INSIDE_405),
    "trait": (INSIDE_405, INSIDE_404),
    "api_suggestions": ("403 200 404 404 200 404", "403 405 404 404 405 404"),
    "api_check_in": ("403 405 404 404 405 404", "403 415 404 404 404 404"),
    "account_login": (OUTSIDE_200, OUTSIDE_200),
    "account_logout": ("302 200 200 200 200 200", ALL_302),
    "account_signup": (OUTSIDE_200, OUTSIDE_200),
    "account_inactive": (ALL_200, ALL_405),
    "account_reauthenticate": (INSIDE_403, INSIDE_403),
    "account_email": (INSIDE_200, INSIDE_302),
    "account_email_verification_sent": (ALL_200, ALL_405),
    "account_confirm_email": (ALL_200, ALL_404),
    "account_confirm_login_code": (INSIDE_302, INSIDE_302),
    "account_change_password": (INSIDE_302, INSIDE_302),
    "account_set_password": (INSIDE_200, INSIDE_200),
    "account_reset_password": (ALL_200, ALL_200),
    "account_reset_password_done": (ALL_200, ALL_405),
    "account_reset_password_from_key": (ALL_200, ALL_200),
    "account_reset_password_from_key_done": (ALL_200, ALL_405),
}
OPEN = {
    "home",
    "still_accepting",
    "health_live",
    "health_ready",
    "demo_enter",
    "demo_mail",
    "language_choose",
    "join",
    "join_sent",
    "join_finish",
    "how_matching_works",
    "clinic_matching",
    "somebody_now",
    "clinic_somebody_now",
    "link_somebody_now",
    "kiosk_somebody_now",
    "link",
    "link_done",
    "link_how_often",
    "kiosk",
    "kiosk_check_in",
    "kiosk_done",
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}
MOST = {"suggestions": 7, "browse": 7, "favourites": 8}  # queries of the pages that are looked at most
FOR_ANY_ROLE = {"start", "role_choose"}
ADDRESSES = {
    "join": {"slug": "linden"},
    "join_sent": {"slug": "linden"},
    "clinic_somebody_now": {"slug": "linden"},
    "join_finish": {"token": "1:forged"},
    "intake_step": {"step": "concerns"},
    "clinic_matching": {"slug": "linden"},
    "symptom_part": {"part": "mood"},
    "symptom_hear": {"part": "mood"},
    "account_confirm_email": {"key": "no-such-key"},
    "account_reset_password_from_key": {"uidb36": "a", "key": "no-such-key"},
}


def routes(patterns=None):
    """Every address of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from routes(pattern.url_patterns)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Both clinics with a row for each address, made once: what a test changes is taken back at its end."""
    with django_db_blocker.unblock():
        TestCase.setUpClass()
        try:
            yield world_make()
        finally:
            TestCase.tearDownClass()
            TestCase.doClassCleanups()


def world_make():
    shipped_instrument()
    linden, birch = people.linden(), people.birch()
    asha, cleo, wim = people.asha(linden), people.cleo(linden), people.wim(linden)
    mara, jonas, pavel = people.mara(linden), people.jonas(linden), people.pavel(linden)
    episode = make_episode(cleo, pavel)
    bea, bruno = people.bea(birch), people.bruno(birch)
    make_episode(bea, people.britta(birch))
    users = {"cleo": cleo.user, "mara": mara.user, "asha": asha, "bea": bea.user, "bruno": bruno}
    address = addresses_make(linden, asha, episode, cleo, wim, mara, jonas, pavel)
    cookies = {actor: cookies_of(user) for actor, user in users.items()}
    return SimpleNamespace(
        clinic_of=clinic_of,
        linden=linden,
        cleo=cleo,
        episode=episode,
        cookies=cookies,
        address=address,
        contents=contents(),
    )


def clinic_of(name, request):
    """Whose page it is: of whoever is logged in, or named in its address."""
    if request.membership:
        return request.membership.clinic
    named = ADDRESSES.get(name, {}).get("slug") or ("kiosk" in name or name.startswith("link"))
    return Clinic.objects.get(slug="linden") if named else None


def cookies_of(user):
    """What a log-in leaves in the browser."""
    browser = Browser()
    browser.force_login(user)
    return browser.cookies


@pytest.fixture
def linden(world, db):
    """Linden of the world."""
    return world.linden


@pytest.fixture
def cleo(world, db):
    """Cleo of the world."""
    return world.cleo


@pytest.fixture
def episode(world, db):
    """Cleo's care in the world."""
    return world.episode


@pytest.fixture
def browsers(world, db):
    """One test client for each actor."""
    browsers = [Browser() for _ in ACTORS]
    for actor, browser in zip(ACTORS, browsers, strict=True):
        browser.cookies.update(world.cookies.get(actor, {}))
    return browsers


@pytest.fixture
def address(world, db):
    """A function that gives an address by its name."""
    return world.address


def addresses_make(linden, asha, episode, cleo, wim, mara, jonas, pavel):
    """A row for each address; of sessions the third waits, the second is answered."""
    make_check_in(episode.sessions.get(number=2))
    Clinic.objects.filter(pk=linden.pk).update(open_to_all=True, emergency_number="112")
    answered, open_one = make_introduction(cleo, jonas), make_introduction(cleo, mara)
    introduction_accept(introduction=answered, hour=NOON, by=SystemActor.COMMAND)
    people = {"client_invite": wim, "therapist_invite": pavel}
    people |= dict.fromkeys(["therapist", "ask", "wait", "mark"], pavel)
    people |= dict.fromkeys(["withdraw", "request", "request_seen"], open_one)
    people |= dict.fromkeys(["call_off", "calendar", "move", "request_call_off"], answered)
    one = make_instrument(linden, asha)
    people |= {name: one for name in TABLE if name.startswith("instrument_") and name != "instrument_new"}
    numbers = {"check_in": 3, "api_check_in": 3, "session_undo": 3, "kiosk_start": 3}
    numbers |= dict.fromkeys(["check_in_done", "check_in_share", "check_in_take_back"], 2)
    people |= dict.fromkeys(["logged", "log_today"], episode)
    third, second = (
        invitation_get_or_create(session=episode.sessions.get(number=n), by=SystemActor.WORKER)
        for n in (3, 2)
    )
    by_link = ["link", "link_how_often", "link_somebody_now"]
    by_tablet = ["kiosk", "kiosk_check_in", "kiosk_done", "kiosk_somebody_now"]
    tokens = dict.fromkeys(by_link, link_token(third)) | {"link_done": link_token(second)}
    tokens |= dict.fromkeys(by_tablet, kiosk_token(third))
    tokens["still_accepting"] = accepting_token(mara)
    of_care = ["bond", "bond_talk", "bond_again", "bond_others", "bond_stay", "episode_end", "ending_undo"]
    people |= dict.fromkeys(of_care, episode) | {
        "note_delete": note_keep(episode=episode, text="Hello", by=SystemActor.COMMAND)
    }
    people["care_alert"] = make_risk_alert(cleo)
    people["admin_end"] = asha.memberships.get()

    told = make_check_in(make_episode(wim, mara).sessions.get(number=1), 2, wants_to_talk=True)
    Consent.objects.get_or_create(client=wim, purpose="share")

    def address(name):
        if name == "alert_close":
            return reverse(name, args=["talk", told.pk])
        if name in people:
            return reverse(name, args=[people[name].pk])
        if name in tokens:
            return reverse(name, args=[tokens[name]])
        if name in numbers:
            return reverse(name, args=[episode.sessions.get(number=numbers[name]).pk])
        if name == "browse":  # without a query it leads to the one that asks for one's own needs
            return reverse(name) + "?sort=fee"
        return reverse(name, kwargs=ADDRESSES.get(name))

    return address


def got(answer):
    to_login = answer.status_code == 302 and answer.url.startswith("/account/login/")
    return "login" if to_login else str(answer.status_code)


def contents():
    """A digest of every table but the browsers' sessions and allauth's copy of addresses, made on sight."""
    tables = sorted(m._meta.db_table for m in apps.get_models() if m not in (BrowserSession, EmailAddress))
    digest = "SELECT %s, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(digest.format(table) for table in tables), tables)
        return dict(cursor.fetchall())


@pytest.fixture
def crowd(linden, cleo):
    """A function that adds therapists, whom Cleo keeps in mind, each with a client in their care who asks."""

    def crowd(first, last):
        for k in range(first, last):
            one = make_therapist(linden, f"Hall{k}", style=(k % 7 - 3, 1, 0, 2))
            one.slots.create(weekday=k % 5, starts="09:00", ends="09:50", format="in_person")
            mark_set(client=cleo, therapist=one, kind="favourite", by=SystemActor.COMMAND)
            client = make_client(linden, f"Client{k}", status="in_care", intake={"step": 4})
            make_introduction(client, one)
            make_risk_alert(client, k % 3 + 1)
            make_rating(make_episode(client, one).sessions.get(number=3), 50 + k % 40)
        clinic_fit(clinic=linden, by=SystemActor.WORKER)

    return crowd


def queries(browsers, address):
    """How many queries each page takes, for each who may see it."""
    found = {}
    for name, (rights, _posts) in TABLE.items():
        for actor, browser, right in zip(ACTORS, browsers, rights.split(), strict=True):
            if right == "200":
                with CaptureQueriesContext(connection) as context:
                    browser.get(address(name))
                found[name, actor] = sum("SAVEPOINT" not in query["sql"] for query in context)
    return found


def test_a_page_takes_twelve_queries_at_most_and_no_more_with_many_therapists(
    browsers, address, crowd, monkeypatch
):
    monkeypatch.setattr("alliance_match.accounts.middleware.KEEP_EVERY", 3600)  # however busy the machine
    crowd(0, 10)
    queries(browsers, address)  # the first visit of each keeps the session and learns an address by heart
    few = queries(browsers, address)
    crowd(10, 50)
    many = queries(browsers, address)

    assert {page: (few[page], count) for page, count in many.items() if count != few[page]} == {}
    del (
        few["own_data_file", "cleo"],
        few["own_data_file", "bea"],
    )  # no page; it asks once for each kind of row
    assert {page: count for page, count in few.items() if count > 12} == {}
    assert {page: few[page, "cleo"] for page in MOST if few[page, "cleo"] > MOST[page]} == {}


def test_the_table_names_every_address():
    assert {route.name for route in routes()} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_get_is_answered_as_the_table_says_changes_nothing_and_is_kept_by_no_cache(name, browsers, world):
    answers = [browser.get(world.address(name)) for browser in browsers]

    assert " ".join(map(got, answers)) == TABLE[name][0]
    assert contents() == world.contents
    logged_in = answers[1:]
    assert {answer.headers["Cache-Control"] for answer in logged_in} == {"no-store, private"}


@pytest.mark.parametrize("name", TABLE)
def test_every_page_has_numbers_to_tap(name, browsers, world):
    for browser in browsers:
        answer = browser.get(world.address(name))
        if answer.status_code < 300 and answer.headers["Content-Type"].startswith("text/html"):
            numbers = re.findall('href="tel:([0-9]+)"', answer.text)
            known = world.clinic_of(name, answer.wsgi_request)
            expected = {"0800000000", "112"} if known == world.linden else set()
            assert expected <= set(numbers), (name, numbers)
            assert numbers or "the emergency number where you are" in answer.text, name


@pytest.mark.parametrize("name", TABLE)
def test_an_empty_post_is_answered_as_the_table_says(name, browsers, address):
    assert " ".join(got(browser.post(address(name))) for browser in browsers) == TABLE[name][1]


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "head", "trace"])
def test_no_other_method_is_an_error_of_ours_or_changes_anything(method, browsers, world):
    for name in TABLE.keys() - {"account_logout"}:
        answers = [getattr(browser, method)(world.address(name)).status_code for browser in browsers]
        assert max(answers) < 500, name

    assert contents() == world.contents


def test_only_the_open_addresses_ask_for_no_log_in():
    without = {route.name for route in routes() if not getattr(route.callback, "login_required", True)}
    api = {route.name for route in routes() if hasattr(route.callback, "cls")}

    assert without - api == OPEN


def test_every_other_page_of_ours_names_the_roles_it_serves():
    ours = {r.name: r.callback for r in routes() if not r.name.startswith("account_") and r.name not in OPEN}

    for name, view in ours.items():
        if hasattr(view, "cls"):
            assert HasRole in view.cls.permission_classes, name
            assert view.cls.roles, name
        else:
            assert getattr(view, "roles", ()) or name in FOR_ANY_ROLE, name


@pytest.mark.parametrize(
    "path", ["/nothing/", "/admin/", "/api/v1/nothing/", "/static/nothing.css", "/\x00/", "/%ff/"]
)
def test_an_address_that_is_none_is_a_404_for_all(path, browsers):
    assert {browser.get(path).status_code for browser in browsers} == {404}


@pytest.mark.parametrize("path", ["/", "/suggestions/", "/account/login/", "/nothing/", "/check-ins/1/"])
def test_pages_allow_no_foreign_content_and_no_frame(as_client, path):
    headers = as_client.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@contextmanager
def database_away():
    """Within this the database does not answer."""

    def refuse(self):
        raise OperationalError("connection refused")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
        yield


@pytest.mark.parametrize("path", ["/suggestions/", "/check-ins/", "/start/"])
def test_without_the_database_a_page_asks_to_come_back(as_client, path):
    as_client.raise_request_exception = False

    with database_away():
        answer = as_client.get(path)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert b"We are away for a moment" in answer.content
    assert as_client.get(path).status_code < 400


def test_the_api_says_in_json_what_went_wrong(as_client, monkeypatch):
    as_client.raise_request_exception = False
    path = "/api/v1/suggestions/"

    with database_away():
        away = as_client.get(path)
    nothing = as_client.get("/api/v1/nothing/")
    monkeypatch.setattr("alliance_match.matching.api.suggestions", lambda *_: 1 / 0)
    ours = as_client.get(path)

    assert [answer.status_code for answer in (away, nothing, ours)] == [503, 404, 500]
    assert [list(answer.json()) for answer in (away, nothing, ours)] == [["detail"]] * 3
    assert away.headers["Retry-After"] == "10"


def test_without_the_database_an_answer_is_not_taken(as_client, third_session):
    as_client.raise_request_exception = False

    with database_away():
        answer = as_client.post(f"/check-ins/{third_session.pk}/", {"item_1": "8"})

    assert answer.status_code == 503


def test_without_the_database_it_is_alive_but_not_ready(client, db):
    with database_away():
        live, ready = client.get("/health/live"), client.get("/health/ready")

    assert live.status_code == 200
    assert (ready.status_code, ready.json()["database"]) == (503, "away")


def test_an_error_of_ours_is_a_500_that_tells_nothing(as_client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("secret of Cleo")

    monkeypatch.setattr("alliance_match.matching.presentation.cards.suggestions", fail)
    as_client.raise_request_exception = False

    answer = as_client.get("/suggestions/")

    assert answer.status_code == 500
    assert b"it is our fault" in answer.content
    assert b"secret of Cleo" not in answer.content
