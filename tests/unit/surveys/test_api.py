"""The check-in as JSON: the same rules as the form, and no payload brings it down."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.models import Purpose, Session
from surveys.models import AllianceRating, Response
from tests.cast import ITEMS, make_episode, make_rating

pytestmark = pytest.mark.usefixtures("pavel_reads")

ALL_EIGHT = {"answers": dict.fromkeys(ITEMS, 8)}
MISSING = 10**6
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture
def post(as_client, third_session):
    """A function that posts to Cleo's third session: a value as JSON, or bytes as they are."""

    def post(payload, browser=as_client, session=third_session, content_type="application/json"):
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        number = session if isinstance(session, int) else session.pk
        return browser.generic("POST", f"/api/v1/check-ins/{number}/", body, content_type)

    return post


def nothing_stored():
    return not Response.objects.exists() and not AllianceRating.objects.exists()


def test_it_stores_a_check_in(post):
    extras = {"bond": "yes", "comment": "Grüße", "comment_reader": "therapist", "shared_with_therapist": True}

    answer = post(ALL_EIGHT | extras)

    stored = Response.objects.get()
    assert answer.status_code == 201
    assert list(answer.json()) == ["submitted_at"]
    assert (stored.bond, stored.comment, stored.comment_reader) == ("yes", "Grüße", "therapist")
    assert stored.shared_with_therapist
    assert stored.alliance_rating.total == 80


def test_it_takes_few_statements(post, episode):
    """One more than the page, whose form says which instrument it showed; the savepoints are the test's."""
    first, _second, third = episode.sessions.all()
    assert post(ALL_EIGHT, session=first).status_code == 201

    with CaptureQueriesContext(connection) as asked:
        assert post(ALL_EIGHT, session=third).status_code == 201

    statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 11, statements


@pytest.mark.parametrize(
    "extra",
    [
        {"shared_with_therapist": True},
        {"wants_to_talk": True},
        {"comment": "x", "comment_reader": "therapist"},
    ],
)
def test_nothing_is_shared_without_consent(post, cleo, extra):
    cleo.consents.filter(purpose=Purpose.SHARE).delete()

    assert post(ALL_EIGHT | extra).status_code == 400
    assert nothing_stored()
    assert post(ALL_EIGHT).status_code == 201


def test_null_is_rather_not_say(post):
    assert post({"answers": {"item_1": 8, "item_2": None}}).status_code == 201
    assert AllianceRating.objects.get().bond == 80


def test_the_same_again_gets_the_same_reply(post):
    first, again = post(ALL_EIGHT), post(ALL_EIGHT)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert Response.objects.count() == 1


def test_other_answers_within_a_day_take_the_place_of_the_first(post):
    post(ALL_EIGHT)

    assert post({"answers": dict.fromkeys(ITEMS, 3)}).status_code == 201
    assert AllianceRating.objects.get().total == 30


def test_other_answers_after_a_day_are_a_conflict(post):
    post(ALL_EIGHT)
    Response.objects.update(submitted_at=timezone.now() - timedelta(hours=24))

    answer = post({"answers": dict.fromkeys(ITEMS, 3)})

    assert (answer.status_code, list(answer.json())) == (409, ["detail"])
    assert AllianceRating.objects.get().total == 80


def test_the_bond_is_asked_about_session_three_alone(post, episode):
    second = episode.sessions.get(number=2)

    assert post(ALL_EIGHT | {"bond": "yes"}, session=second).status_code == 400
    assert nothing_stored()


def test_a_comment_reaches_the_clinic_only_where_somebody_runs_it(post, asha):
    told = ALL_EIGHT | {"comment": "x", "comment_reader": "clinic"}

    assert post(told).status_code == 201
    Response.objects.update(comment="")
    asha.memberships.all().delete()
    assert post(told).status_code == 400


def test_a_session_to_come_is_a_conflict(post, third_session):
    Session.objects.update(held_on=timezone.localdate() + timedelta(days=2))

    assert post(ALL_EIGHT).status_code == 409
    assert nothing_stored()


def test_a_session_rated_elsewhere_is_a_conflict(post, third_session):
    make_rating(third_session)

    assert post(ALL_EIGHT).status_code == 409


@pytest.mark.parametrize(
    "answers",
    [
        {},
        None,
        [],
        "item_1",
        {"item_1": 11},
        {"item_1": -1},
        {"item_1": 2**63},
        {"item_1": 10**400},
        {"item_1": True},
        {"item_1": "five"},
        {"item_1": 5.5},
        {"item_1": [5]},
        {"item_1": {"item_1": 5}},
        {"item_7": 5},
        {"": 5},
        {"item_1\x00": 5},
        {"\ud800": 5},
        {"constructor": 5},
        {"item_1": "\ud800"},
        dict.fromkeys(map(str, range(10_000)), 5),
    ],
)
def test_bad_answers_are_refused(post, answers):
    assert post({"answers": answers}).status_code == 400
    assert nothing_stored()


@pytest.mark.parametrize(
    "extras",
    [
        {"bond": "maybe"},
        {"bond": "\ud800"},
        {"bond": ["yes"]},
        {"comment": "x" * 2001},
        {"comment": "\x00"},
        {"comment": "\ud800"},
        {"comment": {"a": 1}},
        {"comment_reader": "everybody"},
        {"comment_reader": None},
        {"wants_to_talk": "perhaps"},
        {"shared_with_therapist": [[]]},
    ],
)
def test_bad_extras_are_refused(post, extras):
    assert post(ALL_EIGHT | extras).status_code == 400
    assert nothing_stored()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"5",
        b"\x00",
        b"\xff\xfe{\x00}\x00",
        b'{"answers": {"item_1": NaN}}',
        b'{"answers": {"item_1": Infinity}}',
        b'{"answers": {"item_1": 1e309}}',
        b'{"answers": {"item_1": ' + b"9" * 5000 + b"}}",
        b"[" * 40_000,
        b'{"answers":' * 20_000,
        b"answers=8",
    ],
    ids=lambda body: repr(body[:30]),
)
def test_garbage_is_refused(post, body):
    assert post(body).status_code == 400
    assert nothing_stored()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"]
)
def test_only_json_is_read(post, kind):
    assert post(ALL_EIGHT, content_type=kind).status_code == 415
    assert nothing_stored()


@pytest.mark.parametrize("charset", ["utf-16", "nonsense", "idna", "utf-7", ""])
def test_an_odd_charset_is_no_error_of_ours(post, charset):
    assert post(ALL_EIGHT, content_type=f"application/json; charset={charset}").status_code < 500


def test_fields_that_are_not_the_clients_are_ignored(post, third_session, linden, birch):
    post(ALL_EIGHT | {"clinic": birch.pk, "session": 1, "submitted_at": "2001-01-01", "total": 100, "id": 7})

    stored = Response.objects.get()
    assert (stored.clinic, stored.session, stored.alliance_rating.total) == (linden, third_session, 80)
    assert stored.submitted_at.year > 2001


@FEW
@given(payload=ANYTHING)
def test_no_payload_brings_it_down(post, payload):
    assert post(payload).status_code == 400


@FEW
@given(answers=st.dictionaries(st.sampled_from(ITEMS), ANYTHING, min_size=1), extra=ANYTHING)
def test_no_value_brings_it_down(post, answers, extra):
    Response.objects.all().delete()

    assert post({"answers": answers, "bond": extra, "comment": extra}).status_code in (201, 400)


def test_anybody_elses_session_looks_like_none(post, birch_episode, wim, mara):
    colleagues, elsewhere = make_episode(wim, mara).sessions.first(), birch_episode.sessions.first()

    answers = [post(ALL_EIGHT, session=session) for session in (colleagues, elsewhere, MISSING)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert nothing_stored()


@pytest.mark.parametrize("who", ["as_therapist", "as_admin", "as_other_admin"])
def test_it_is_for_clients(request, post, who):
    assert post(ALL_EIGHT, browser=request.getfixturevalue(who)).status_code == 404
    assert nothing_stored()


def test_it_is_for_whoever_is_logged_in(post, client):
    assert post(ALL_EIGHT, browser=client).status_code == 403
    assert nothing_stored()


def test_it_is_not_read(as_client, third_session):
    assert as_client.get(f"/api/v1/check-ins/{third_session.pk}/").status_code == 405


def test_nothing_is_told_to_whom_cannot_log_in(post, cleo, jonas):
    session = make_episode(cleo, jonas).sessions.get(number=1)

    assert post(ALL_EIGHT | {"shared_with_therapist": True}, session=session).status_code == 400
    assert nothing_stored()


def test_a_sheet_without_any_answer_is_refused(post):
    assert post({"answers": dict.fromkeys(ITEMS)}).status_code == 400
    assert nothing_stored()
