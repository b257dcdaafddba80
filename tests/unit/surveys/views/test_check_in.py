"""A client's check-ins: their own sessions, in their own clinic, and each answered once."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from surveys.models import AllianceRating, Response
from tests.cast import ITEMS, make_check_in, make_episode, make_rating

ALL_EIGHT = dict.fromkeys(ITEMS, "8") | {"comment_reader": "nobody"}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
MISSING = 10**6


def address(session, tail=""):
    return f"/check-ins/{session if isinstance(session, int) else session.pk}/{tail}"


def body(answer):
    return TOKEN.sub("", answer.content.decode())


def test_what_waits_is_listed_newest_first(as_client, episode, third_session):
    make_check_in(episode.sessions.get(number=2), 7)

    answer = as_client.get("/check-ins/")

    assert [session.number for session in answer.context["waiting"]] == [3, 1]
    assert [rating.session.number for rating in answer.context["trend"]] == [2]


def test_nobody_elses_sessions_are_listed(as_client, birch_episode, linden, wim, mara):
    make_episode(wim, mara)

    answer = as_client.get("/check-ins/")

    assert not answer.context["waiting"]


def test_an_imported_rating_is_not_shown_as_an_answer(as_client, third_session):
    make_rating(third_session)

    assert not as_client.get("/check-ins/").context["trend"]


def test_the_list_asks_as_often_for_three_as_for_thirty(as_client, cleo, mara, episode):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            as_client.get("/check-ins/")
        return len(asked)

    queries()  # the first visit writes its session down
    make_check_in(episode.sessions.get(number=1))
    with_three = queries()
    for session in make_episode(cleo, mara, sessions=27).sessions.all():
        if session.number % 2:
            make_check_in(session)

    assert queries() == with_three <= 12


def test_a_check_in_is_stored_and_thanked_for(as_client, third_session):
    answer = as_client.post(address(third_session), ALL_EIGHT | {"bond": "yes"}, follow=True)

    assert answer.redirect_chain == [(address(third_session, "done/"), 302)]
    assert b"Thank you" in answer.content
    assert Response.objects.get().bond == "yes"
    assert AllianceRating.objects.get().total == 80


def test_a_refused_form_keeps_what_was_answered(as_client, third_session):
    answer = as_client.post(address(third_session), {"comment": "It rained.", "comment_reader": "nobody"})

    assert answer.status_code == 422
    assert b"at least one of the questions" in answer.content
    assert b"It rained." in answer.content
    assert not Response.objects.exists()


def test_an_answered_check_in_leads_to_its_thanks(as_client, third_session):
    make_check_in(third_session)

    assert as_client.get(address(third_session)).url == address(third_session, "done/")


def test_the_same_answers_again_are_thanked_for_again(as_client, third_session):
    for _ in range(2):
        answer = as_client.post(address(third_session), ALL_EIGHT, follow=True)

    assert b"your first answer stands" not in answer.content
    assert Response.objects.count() == 1


def test_other_answers_are_told_that_the_first_stand(as_client, third_session):
    make_check_in(third_session, 3)

    answer = as_client.post(address(third_session), ALL_EIGHT, follow=True)

    assert b"your first answer stands" in answer.content
    assert AllianceRating.objects.get().total == 30


def test_a_session_rated_elsewhere_is_not_asked_about(as_client, third_session):
    make_rating(third_session)

    got = as_client.get(address(third_session), follow=True)
    posted = as_client.post(address(third_session), ALL_EIGHT, follow=True)

    assert [got.redirect_chain, posted.redirect_chain] == [[("/check-ins/", 302)]] * 2
    assert not Response.objects.exists()


def test_there_are_no_thanks_before_the_answer(as_client, third_session):
    assert as_client.get(address(third_session, "done/")).status_code == 404


@pytest.mark.parametrize("tail", ["", "done/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_anybody_elses_session_looks_like_none(as_client, birch_episode, wim, mara, method, tail):
    colleagues, elsewhere = make_episode(wim, mara).sessions.first(), birch_episode.sessions.first()
    for session in (colleagues, elsewhere):
        make_check_in(session)

    answers = [getattr(as_client, method)(address(one, tail)) for one in (colleagues, elsewhere, MISSING)]

    status = 405 if (method, tail) == ("post", "done/") else 404
    assert {answer.status_code for answer in answers} == {status}
    assert len({body(answer) for answer in answers}) == 1


@pytest.mark.parametrize("number", ["0", "-1", "9" * 19, "9" * 40, "1.5", "abc", "%00"])
def test_a_session_that_cannot_be_is_none(as_client, number):
    assert as_client.get(f"/check-ins/{number}/").status_code == 404


def test_a_client_of_two_clinics_sees_the_sessions_of_the_one_in_use(
    as_client, cleo, third_session, bea, birch, birch_episode
):
    bea.user = cleo.user
    bea.save()
    cleo.user.memberships.create(clinic=birch, role="client")
    here, there = address(third_session), address(birch_episode.sessions.get(number=3))
    opened = []

    for membership in cleo.user.memberships.order_by("pk"):
        as_client.post("/role/", {"membership": membership.pk})
        opened.append([as_client.get(here).status_code, as_client.get(there).status_code])

    assert opened == [[200, 404], [404, 200]]


@pytest.mark.parametrize(
    "planted", ["<script>alert(1)</script>", '" onmouseover=x', "{{ 7|add:7 }}", "🌻", "x" * 2000]
)
def test_a_comment_is_text_and_nothing_else(as_client, third_session, planted):
    refused = as_client.post(address(third_session), {"comment": planted, "comment_reader": "nobody"})

    assert refused.context["form"]["comment"].value() == planted
    assert b"<script>alert" not in refused.content
    assert b'" onmouseover=x' not in refused.content


def test_a_null_character_is_refused(as_client, third_session):
    answer = as_client.post(address(third_session), ALL_EIGHT | {"comment": "\x00"})

    assert answer.status_code == 422


def test_a_form_from_another_site_is_refused(cleo, third_session):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cleo.user)

    assert browser.post(address(third_session), ALL_EIGHT).status_code == 403
    assert not Response.objects.exists()
