"""The check-in by link: two weeks for whoever holds it, a day after the answer, and nobody is told whose."""

import logging
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from surveys.links import link_token
from surveys.models import AllianceRating, Cadence, Invitation, Response
from surveys.services import invitation_get_or_create, rating_withdraw
from tests.cast import ITEMS, make_check_in, make_rating

pytestmark = pytest.mark.usefixtures("pavel_reads")

ALL_EIGHT = dict.fromkeys(ITEMS, "8") | {"comment_reader": "nobody"}
PAGES = ("", "done/", "how-often/")


@pytest.fixture
def invitation(third_session):
    """Cleo was mailed a link to her third session just now."""
    made = invitation_get_or_create(session=third_session, by=SystemActor.WORKER)
    Invitation.objects.update(sent_at=timezone.now())
    made.refresh_from_db()
    return made


@pytest.fixture
def path(invitation):
    return f"/c/{link_token(invitation)}/"


@pytest.fixture
def browser(db):
    """Somebody's phone; nobody is logged in."""
    return Browser(enforce_csrf_checks=True)


def later(**ago):
    """Let so much time pass for the invitation and the answer."""
    Invitation.objects.update(sent_at=timezone.now() - timedelta(**ago))
    Response.objects.update(submitted_at=timezone.now() - timedelta(**ago))


def test_a_check_in_needs_no_log_in(browser, path):
    answer = browser.post(path, ALL_EIGHT | {"bond": "yes"}, follow=True)

    assert answer.redirect_chain == [(f"{path}done/", 302)]
    assert b"Thank you" in answer.content
    assert (Response.objects.get().bond, AllianceRating.objects.get().total) == ("yes", 80)


def test_it_logs_nobody_in(browser, path):
    browser.post(path, ALL_EIGHT)

    assert not browser.cookies
    assert browser.get("/check-ins/").url.startswith("/account/login/")


def test_it_works_in_a_browser_that_takes_no_cookies_and_sends_no_origin(browser, path):
    assert browser.post(path, ALL_EIGHT, headers={"origin": "null"}).status_code == 302


def test_it_names_the_therapists_first_name_and_nobody_else(browser, path, cleo):
    make_check_in(Invitation.objects.get().session)

    for page in PAGES:
        content = browser.get(path + page).content.decode()
        assert not any(name in content for name in ("Cleo", "cleo@", "Novák", "Linden", "linden"))
    assert "Pavel" in browser.get(path).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_its_address_reaches_nobody_else(browser, path, page):
    make_check_in(Invitation.objects.get().session)

    answer = browser.get(path + page)

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert b'<meta name="referrer" content="no-referrer">' in answer.content


def test_the_same_link_changes_the_answer_within_a_day(browser, path):
    browser.post(path, ALL_EIGHT)
    shown = browser.get(path).context["form"]

    browser.post(path, ALL_EIGHT | dict.fromkeys(ITEMS, "3"))

    assert shown["item_1"].value() == "8"
    assert AllianceRating.objects.get().total == 30


def test_the_same_post_twice_is_one_answer(browser, path):
    for _ in range(2):
        assert browser.post(path, ALL_EIGHT).status_code == 302

    assert Response.objects.get().edited_at is None


def gone(answer, words):
    return answer.status_code == 410 and words in answer.content.decode()


def test_after_a_day_it_is_locked(browser, path):
    browser.post(path, ALL_EIGHT)
    later(hours=24)

    assert gone(browser.get(path), "Your answers are stored")
    refused = browser.post(path, ALL_EIGHT | {"item_1": "3", "comment": "It rained."})
    assert refused.status_code == 422
    assert b"It rained." in refused.content
    assert AllianceRating.objects.get().total == 80


def test_after_two_weeks_it_has_ended_and_what_was_typed_is_shown(browser, path):
    later(days=14)

    assert gone(browser.get(path), "This link has ended")
    refused = browser.post(path, ALL_EIGHT | {"comment": "It rained."})
    assert refused.status_code == 422
    assert b"It rained." in refused.content
    assert not Response.objects.exists()


def test_what_was_taken_back_is_asked_no_more(browser, path, third_session):
    rating_withdraw(rating=make_check_in(third_session).alliance_rating, by=SystemActor.COMMAND)

    assert gone(browser.get(path), "You took this answer back")


def test_a_session_rated_elsewhere_is_asked_about_no_more(browser, path, third_session):
    make_rating(third_session)

    assert gone(browser.get(path), "Nothing is open here")


def test_a_session_to_come_is_told_so(browser, path, third_session):
    type(third_session).objects.update(held_on=timezone.localdate() + timedelta(days=2))

    assert gone(browser.get(path), "still to come")


def test_a_session_that_left_the_log_takes_its_link_along(browser, path, third_session):
    third_session.delete()

    assert gone(browser.get(path), "no longer in the clinic’s log")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "change", [str.swapcase, lambda path: path.replace("/c/", "/c/x"), lambda _: "/c/a.b/"]
)
def test_a_forged_or_broken_link_is_no_link(browser, path, page, change):
    broken = change(path).replace("/C/", "/c/")

    answer = browser.get(broken + page)

    assert answer.status_code == 404
    assert "This link is not complete" in answer.content.decode()
    assert browser.post(broken + page, ALL_EIGHT).status_code in (404, 405)
    assert not Response.objects.exists()


def test_whoever_guesses_has_to_wait_and_keeps_nobody_else_out(browser, path):
    guesses = [browser.get(f"/c/guess{k}.x/").status_code for k in range(22)]

    assert guesses == [404] * 20 + [429] * 2
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize("who", ["as_therapist", "as_admin", "as_other_admin"])
@pytest.mark.parametrize("page", PAGES)
def test_somebody_else_who_is_logged_in_opens_nothing(request, path, who, page, third_session):
    make_check_in(third_session, 3, comment="zebra")
    other = request.getfixturevalue(who)

    answer = other.get(path + page)

    assert answer.status_code == 403
    assert b"for somebody else" in answer.content
    assert not any(word in answer.content for word in (b"Pavel", b"zebra", b"Cleo"))
    other.post(path + page, ALL_EIGHT | {"frequency": "never"})
    assert AllianceRating.objects.get().total == 30
    assert not Cadence.objects.exists()


def test_the_client_may_be_logged_in(as_client, path):
    assert as_client.get(path).status_code == 200


def test_two_clients_in_one_browser_answer_each_their_own(browser, path, birch_episode):
    other = invitation_get_or_create(session=birch_episode.sessions.get(number=1), by=SystemActor.WORKER)

    browser.get(path)
    browser.post(f"/c/{link_token(other)}/", ALL_EIGHT | dict.fromkeys(ITEMS, "2"))
    browser.post(path, ALL_EIGHT)

    totals = AllianceRating.objects.values_list("session__episode__client__name", "total")
    assert dict(totals) == {"Cleo": 80, "Bea": 20}


def test_how_often_is_chosen_without_a_log_in_and_after_the_end(browser, path, cleo):
    later(days=90)

    answer = browser.post(f"{path}how-often/", {"frequency": "never"})

    assert b"Saved" in answer.content
    assert Cadence.objects.get().client == cleo
    assert Cadence.objects.get().frequency == "never"
    assert browser.post(f"{path}how-often/", {"frequency": "daily"}).status_code == 422


@pytest.mark.parametrize(
    "data", [{"item_1": "11"}, {"item_1": "five"}, {"bond": "maybe"}, {"comment": "\x00"}]
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_is_lost(browser, path, data):
    answer = browser.post(path, ALL_EIGHT | {"item_2": "7"} | data)

    assert answer.status_code == 422
    assert answer.context["form"]["item_2"].value() == "7"
    assert not Response.objects.exists()


def test_unknown_items_are_passed_over(browser, path):
    browser.post(path, ALL_EIGHT | {"item_99": "1", "clinic": "7", "submitted_at": "2001-01-01"})

    assert set(Response.objects.get().answers) == set(ITEMS)


def test_ten_megabytes_are_refused_calmly(browser, path):
    answer = browser.post(path, {"comment": "x" * 10_000_000})

    assert answer.status_code == 413
    assert not Response.objects.exists()


def test_opening_changes_nothing(browser, path, third_session):
    before = list(Invitation.objects.values())

    browser.get(path)
    browser.head(path)

    assert list(Invitation.objects.values()) == before


def test_no_log_holds_the_link(browser, path, invitation, capsys):
    """As the server writes it: through the handlers of the settings."""
    later(days=14)

    browser.get(path)

    written = capsys.readouterr().err
    assert invitation.key not in written
    assert logging.getLogger("django.request").isEnabledFor(logging.WARNING)


@pytest.mark.parametrize("ago", [{"days": 3}, {"days": 30}, {"minutes": 1}])
def test_nothing_posted_shows_nothing_of_what_is_stored(browser, path, third_session, ago):
    make_check_in(third_session, 9, comment="secret")
    later(**ago)

    answer = browser.post(path, {})

    assert answer.status_code == 422
    assert "secret" not in answer.text
    assert " checked" not in answer.text
