"""A tablet that was handed over shows one check-in once, and leads nowhere else."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from clients.models import Consent
from surveys.models import AllianceRating, Response
from tests.cast import ITEMS, make_check_in, make_client, make_episode

pytestmark = pytest.mark.usefixtures("pavel_reads")

ALL_EIGHT = dict.fromkeys(ITEMS, "8") | {"comment_reader": "nobody"}


@pytest.fixture
def marys(linden, mara):
    """Mara's client without an address, after a first session."""
    return make_episode(make_client(linden, "Mary", status="in_care"), mara, sessions=1).sessions.get()


@pytest.fixture
def start(as_therapist):
    """A function that hands a tablet over for a session and returns its address."""

    def start(session, tablet=as_therapist):
        return tablet.post(f"/sessions/held/{session.pk}/kiosk/").url

    return start


def test_it_logs_whoever_starts_it_out(as_therapist, start, marys):
    path = start(marys)

    assert path.startswith("/kiosk/")
    for page in ("/sessions/", "/my-alliance/", "/start/"):
        assert as_therapist.get(page).url.startswith("/account/login/")
    assert b"hand the tablet over" in as_therapist.get(path).content


def test_a_client_answers_and_hands_it_back(as_therapist, start, marys):
    path = start(marys)

    assert b"Mary" not in as_therapist.get(f"{path}check-in/").content
    answer = as_therapist.post(f"{path}check-in/", ALL_EIGHT, follow=True)

    assert answer.redirect_chain[0][0].endswith("/done/")
    assert b"hand the tablet back" in answer.content
    assert AllianceRating.objects.get().session == marys


def test_what_was_answered_is_not_shown_on_it_again(as_therapist, start, marys):
    path = start(marys)
    as_therapist.post(f"{path}check-in/", ALL_EIGHT | {"comment": "secret"})

    for page in ("", "check-in/", "done/"):
        assert b"secret" not in as_therapist.get(path + page).content
    assert as_therapist.get(f"{path}check-in/").status_code == 410


def test_whoever_answered_before_is_asked_to_hand_it_back(as_therapist, start, marys):
    make_check_in(marys, 3, comment="secret")

    answer = as_therapist.get(f"{start(marys)}check-in/")

    assert answer.status_code == 410
    assert b"secret" not in answer.content


def test_two_clients_one_after_the_other(as_therapist, log_in, mara, start, marys, linden):
    second = make_episode(make_client(linden, "Nora"), mara, sessions=1).sessions.get()
    as_therapist.post(f"{start(marys)}check-in/", ALL_EIGHT)
    as_therapist.force_login(mara.user)

    as_therapist.post(f"{start(second)}check-in/", ALL_EIGHT | dict.fromkeys(ITEMS, "2"))

    totals = AllianceRating.objects.values_list("session__episode__client__name", "total")
    assert dict(totals) == {"Mary": 80, "Nora": 20}


def test_after_two_hours_it_shows_nothing(as_therapist, start, marys):
    path = start(marys)

    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        answers = [as_therapist.get(path + page) for page in ("", "check-in/", "done/")]

    assert [answer.status_code for answer in answers] == [410] * 3
    assert not Response.objects.exists()


def test_it_is_for_nobody_who_is_logged_in(as_therapist, start, marys, mara):
    path = start(marys)
    as_therapist.force_login(mara.user)

    assert as_therapist.get(f"{path}check-in/").status_code == 403


def test_nobody_is_asked_who_did_not_agree_to_care(as_therapist, start, marys):
    Consent.objects.all().delete()

    assert start(marys) == f"/sessions/{marys.episode_id}/"
    assert as_therapist.get("/sessions/").status_code == 200


def test_a_colleagues_session_looks_like_none(as_therapist, third_session, birch_episode):
    for session in (third_session, birch_episode.sessions.first()):
        assert as_therapist.post(f"/sessions/held/{session.pk}/kiosk/").status_code == 404


def test_a_refused_form_keeps_what_was_typed(as_therapist, start, marys):
    answer = as_therapist.post(
        f"{start(marys)}check-in/", {"comment": "It rained.", "comment_reader": "nobody"}
    )

    assert answer.status_code == 422
    assert b"It rained." in answer.content


def test_a_made_up_address_is_none(client, db):
    for page in ("", "check-in/", "done/"):
        assert client.get(f"/kiosk/a:b:c/{page}").status_code == 404


def test_it_neither_shows_nor_changes_what_was_answered_whatever_is_posted(as_therapist, start, marys):
    make_check_in(marys, 3, comment="secret")
    path = f"{start(marys)}check-in/"

    for posted in ({}, {"comment_reader": "nobody"}, ALL_EIGHT):
        answer = as_therapist.post(path, posted)
        assert answer.status_code == 410
        assert b"secret" not in answer.content
    assert AllianceRating.objects.get().total == 30


def test_its_pages_do_not_begin_the_two_hours_anew(as_therapist, start, marys):
    path = start(marys)
    with time_machine.travel(timezone.now() + timedelta(minutes=30), tick=False):
        page = as_therapist.get(path).text

    assert f'href="{path}check-in/"' in page
