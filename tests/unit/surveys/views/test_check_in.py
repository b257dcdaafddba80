"""A client's check-ins: their own sessions, in their own clinic, and each answered once."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.form_seal import seal
from surveys.models import AllianceRating, Cadence, Instrument, Response
from tests.cast import ITEMS, make_check_in, make_episode, make_instrument, make_rating, shipped_instrument

pytestmark = pytest.mark.usefixtures("pavel_reads")

ALL_EIGHT = dict.fromkeys(ITEMS, "8") | {"comment_reader": "nobody"}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
BACK = re.compile(r'name="back" value="[^"]*"')
MISSING = 10**6


def address(session, tail=""):
    return f"/check-ins/{session if isinstance(session, int) else session.pk}/{tail}"


def body(answer):
    """A page without what is this request's own: its token, and the address that was asked for."""
    return BACK.sub("", TOKEN.sub("", answer.content.decode()))


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


def test_a_plain_check_in_takes_ten_statements(as_client, episode, third_session):
    """After the first of a process, which reads the instrument; earlier answers cost none."""
    for number in (1, 2):
        session = episode.sessions.get(number=number)
        as_client.post(address(session), ALL_EIGHT | {"shown": seal(session, shipped_instrument())})
    shown = as_client.get(address(third_session)).context["form"]["shown"].value()

    with CaptureQueriesContext(connection) as context:
        answer = as_client.post(address(third_session), ALL_EIGHT | {"shown": shown})

    assert answer.status_code == 302
    statements = [query["sql"] for query in context if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 10, statements


def test_an_instrument_of_another_clinic_or_for_something_else_is_not_asked(
    as_client, third_session, birch, bruno
):
    elsewhere = make_instrument(birch, bruno)
    for instrument in (elsewhere, Instrument.objects.get(code="phq-9")):
        shown = seal(third_session, instrument)
        answer = as_client.post(address(third_session), {"comment_reader": "nobody", "shown": shown})
        assert answer.context["form"].instrument == shipped_instrument()


def test_a_refused_form_keeps_what_was_answered(as_client, third_session):
    answer = as_client.post(address(third_session), {"comment": "It rained.", "comment_reader": "nobody"})

    assert answer.status_code == 422
    assert b"at least one of the questions" in answer.content
    assert b"It rained." in answer.content
    assert not Response.objects.exists()


def yesterday():
    Response.objects.update(submitted_at=timezone.now() - timedelta(hours=24))


def test_an_answer_is_shown_again_and_changed_within_a_day(as_client, third_session):
    make_check_in(third_session, 3)

    shown = as_client.get(address(third_session))
    as_client.post(address(third_session), ALL_EIGHT)

    assert shown.context["form"]["item_1"].value() == "3"
    assert AllianceRating.objects.get().total == 80


def test_after_a_day_an_answered_check_in_leads_to_its_thanks(as_client, third_session):
    make_check_in(third_session)
    yesterday()

    assert as_client.get(address(third_session)).url == address(third_session, "done/")


def test_the_same_answers_again_are_thanked_for_again(as_client, third_session):
    for _ in range(2):
        answer = as_client.post(address(third_session), ALL_EIGHT, follow=True)

    assert b"Thank you" in answer.content
    assert Response.objects.get().edited_at is None


def test_other_answers_after_a_day_are_refused_and_shown_again(as_client, third_session):
    make_check_in(third_session, 3)
    yesterday()

    answer = as_client.post(address(third_session), ALL_EIGHT | {"comment": "It rained."})

    assert answer.status_code == 422
    assert b"more than a day old" in answer.content
    assert b"It rained." in answer.content
    assert AllianceRating.objects.get().total == 30


def test_the_form_is_answered_in_the_version_it_showed(as_client, third_session, instrument):
    shown = as_client.get(address(third_session)).context["form"]["shown"].value()
    newer = Instrument.objects.create(
        **{name: getattr(instrument, name) for name in ("code", "title", "may_ship")},
        version=2,
        definition=instrument.definition | {"items": instrument.definition["items"][:3]},
    )

    as_client.post(address(third_session), ALL_EIGHT | {"shown": shown})

    assert Response.objects.get().instrument == instrument != newer
    assert AllianceRating.objects.get().total == 80


def test_how_long_it_lay_open_is_known_by_our_own_clock(as_client, third_session):
    with time_machine.travel("2026-03-17 12:00", tick=False):
        shown = seal(third_session, shipped_instrument())
    with time_machine.travel("2026-03-17 12:00:14", tick=False):
        as_client.post(address(third_session), ALL_EIGHT | {"shown": shown})

    assert Response.objects.get().hasty


@pytest.mark.parametrize("shown", ["", "forged", "x:y:z", "\x7f"])
def test_a_form_that_does_not_say_when_it_was_shown_is_taken(as_client, third_session, shown):
    assert as_client.post(address(third_session), ALL_EIGHT | {"shown": shown}).status_code == 302
    assert not Response.objects.get().hasty


def test_sharing_is_offered_as_it_was_chosen_last(as_client, episode, third_session):
    make_check_in(episode.sessions.get(number=2), shared_with_therapist=True)

    assert as_client.get(address(third_session)).context["form"]["shared_with_therapist"].value()


def test_a_session_to_come_is_told_so(as_client, third_session):
    type(third_session).objects.update(held_on=timezone.localdate() + timedelta(days=2))

    answer = as_client.get(address(third_session), follow=True)

    assert b"still to come" in answer.content
    assert not answer.context["waiting"]
    assert as_client.post(address(third_session), ALL_EIGHT).status_code == 422
    assert not Response.objects.exists()


def test_sharing_can_be_taken_back_for_each_answer(as_client, third_session):
    make_check_in(third_session, shared_with_therapist=True)

    page = as_client.post(address(third_session, "share/"), {"shared": ""}, follow=True)

    assert b"does not see the result" in page.content
    assert not Response.objects.get().shared_with_therapist


def test_without_the_consent_to_share_nothing_claims_to_be_shared(as_client, cleo, third_session):
    make_check_in(third_session, shared_with_therapist=True)
    cleo.consents.filter(purpose="share").delete()

    assert b"does not see the result" in as_client.get("/check-ins/").content


def test_an_answer_is_taken_back_after_one_question(as_client, third_session):
    make_check_in(third_session)

    asked = as_client.get(address(third_session, "take-back/"))
    assert AllianceRating.objects.get().withdrawn_at is None
    page = as_client.post(address(third_session, "take-back/"), follow=True)

    assert b"Take back what you answered" in asked.content
    assert AllianceRating.objects.get().withdrawn_at is not None
    assert b"You took this answer back" in page.content
    assert not page.context["trend"]


def test_a_client_chooses_how_often(as_client, cleo):
    assert as_client.get("/check-ins/how-often/").context["form"]["frequency"].value() == "every"

    as_client.post("/check-ins/how-often/", {"frequency": "never"})

    assert Cadence.objects.get(client=cleo).frequency == "never"
    assert as_client.get("/check-ins/how-often/").context["form"]["frequency"].value() == "never"


@pytest.mark.parametrize("frequency", ["", "daily", "\x00"])
def test_another_frequency_is_refused(as_client, frequency):
    as_client.post("/check-ins/how-often/", {"frequency": frequency})

    assert not Cadence.objects.exists()


def test_a_session_rated_elsewhere_is_not_asked_about(as_client, third_session):
    make_rating(third_session)

    got = as_client.get(address(third_session), follow=True)
    posted = as_client.post(address(third_session), ALL_EIGHT)

    assert got.redirect_chain == [("/check-ins/", 302)]
    assert b"reached us in another way" in got.content
    assert posted.status_code == 422
    assert not Response.objects.exists()


def test_there_are_no_thanks_before_the_answer(as_client, third_session):
    assert as_client.get(address(third_session, "done/")).status_code == 404


@pytest.mark.parametrize("tail", ["", "done/", "share/", "take-back/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_anybody_elses_session_looks_like_none(as_client, birch_episode, wim, mara, method, tail):
    colleagues, elsewhere = (one.sessions.get(number=1) for one in (make_episode(wim, mara), birch_episode))
    for session in (colleagues, elsewhere):
        make_check_in(session)

    answers = [getattr(as_client, method)(address(one, tail)) for one in (colleagues, elsewhere, MISSING)]

    status = 405 if (method, tail) in {("post", "done/"), ("get", "share/")} else 404
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


def test_it_is_asked_in_the_readers_language_and_stays_as_it_was_answered(as_client, cleo, third_session):
    german = Instrument.objects.get(code="alliance-check-de")
    as_client.post("/language/", {"language": "de"})
    assert "Wir haben als Team gearbeitet." in as_client.get(address(third_session)).text
    as_client.post(address(third_session), ALL_EIGHT)
    assert Response.objects.get().instrument == german

    as_client.post("/language/", {"language": "en"})
    assert "Wir haben als Team gearbeitet." in as_client.get(address(third_session)).text


def test_to_whom_cannot_log_in_nothing_can_be_told(as_client, cleo, jonas):
    session = make_episode(cleo, jonas).sessions.get(number=1)

    page = as_client.get(address(session)).text
    assert "Jonas Okafor does not read here" in page
    assert "shared_with_therapist" not in page

    as_client.post(address(session), ALL_EIGHT | {"shared_with_therapist": "on", "wants_to_talk": "on"})
    stored = Response.objects.get()
    assert (stored.shared_with_therapist, stored.wants_to_talk) == (False, False)
    listed = as_client.get("/check-ins/").text
    assert "Jonas Okafor does not see the result" in listed
    assert address(session, "share/") not in listed


def test_what_was_shared_can_be_taken_back_though_nobody_reads_it_any_more(as_client, pavel, third_session):
    response = make_check_in(third_session, 4, shared_with_therapist=True, wants_to_talk=True)
    pavel.user = None
    pavel.save()

    assert "Share it no more" in as_client.get("/check-ins/").text
    as_client.post(address(third_session), dict.fromkeys(ITEMS, "5") | {"comment_reader": "nobody"})
    response.refresh_from_db()
    assert (response.shared_with_therapist, response.wants_to_talk) == (False, False)


def test_what_nobody_could_read_is_not_shared_afterwards(as_client, cleo, jonas):
    response = make_check_in(make_episode(cleo, jonas).sessions.get(number=1), 4)

    page = as_client.post(address(response.session, "share/"), {"shared": "1"}, follow=True).text

    assert "Nobody could read it" in page
    response.refresh_from_db()
    assert not response.shared_with_therapist
