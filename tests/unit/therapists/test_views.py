"""The roster: this clinic's therapists by name, searched and in pages."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import make_client, make_episode, make_therapist
from therapists.models import Therapist
from therapists.views import PAGE


def names(answer):
    return [therapist.name for therapist in answer.context["page_obj"]]


def hire(clinic, number):
    Therapist.objects.bulk_create(
        Therapist(clinic=clinic, code=f"t-{k:03}", name=f"Therapist {k:03}") for k in range(number)
    )


def test_it_lists_this_clinics_therapists_by_name(as_admin, mara, jonas, pavel, britta):
    assert names(as_admin.get("/roster/")) == ["Jonas Okafor", "Mara Albrecht", "Pavel Novák"]


@pytest.mark.parametrize(
    ("sought", "found"), [("okaf", 1), ("PAVEL", 1), ("Berg", 0), (" jonas ", 1), ("", 2)]
)
def test_it_is_searched_by_name_or_code(as_admin, jonas, pavel, britta, sought, found):
    assert len(names(as_admin.get("/roster/", {"q": sought}))) == found


@pytest.mark.parametrize("sought", ["\x00", "Jonas\x00", "\x00\x00 "])
def test_a_null_character_is_no_part_of_a_search(as_admin, jonas, sought):
    assert names(as_admin.get("/roster/", {"q": sought})) == ["Jonas Okafor"]


@pytest.mark.parametrize("sought", ["<script>alert(1)</script>", "%", "🌻", "x" * 5000, "\ud800"])
def test_any_other_search_finds_nobody_and_says_so(as_admin, jonas, sought):
    query = sought.encode("utf-8", "surrogatepass").hex("%")

    answer = as_admin.get(f"/roster/?q=%{query}")

    assert answer.status_code == 200
    assert b"Nobody is called" in answer.content
    assert b"<script>alert" not in answer.content


def test_it_comes_in_pages(as_admin, linden):
    hire(linden, PAGE + 1)

    assert len(names(as_admin.get("/roster/"))) == PAGE
    assert names(as_admin.get("/roster/?page=2")) == [f"Therapist {PAGE:03}"]


@pytest.mark.parametrize(("page", "shown"), [("0", 2), ("-1", 2), ("99", 2), ("two", 1), ("1e9", 1), ("", 1)])
def test_a_page_that_is_none_is_the_nearest(as_admin, linden, page, shown):
    hire(linden, PAGE + 1)

    assert as_admin.get("/roster/", {"page": page}).context["page_obj"].number == shown


def test_the_next_page_keeps_the_search(as_admin, linden):
    hire(linden, PAGE + 1)

    body = as_admin.get("/roster/", {"q": "therapist"}).content.decode()

    assert re.search(r'href="\?q=therapist&amp;page=2" rel="next"', body)


def test_it_counts_only_open_episodes(as_admin, linden, mara, episode, pavel):
    ended = make_client(linden, "Ida")
    make_episode(ended, pavel, ended_on=datetime.date(2026, 5, 1), ending="completed")

    caseload = {one.name: one.caseload for one in as_admin.get("/roster/").context["page_obj"]}

    assert caseload == {"Mara Albrecht": 0, "Pavel Novák": 1}


def test_it_says_when_a_profile_was_confirmed(as_admin, linden):
    make_therapist(linden, "Noor", confirmed_at=timezone.now() - datetime.timedelta(days=9))

    assert b"9 days ago" in as_admin.get("/roster/").content


def test_an_empty_roster_says_how_to_begin(as_admin):
    assert b"import_clinic" in as_admin.get("/roster/").content


def test_it_asks_as_often_for_sixty_as_for_ten(as_admin, linden):
    def queries(number):
        hire(linden, number)
        with CaptureQueriesContext(connection) as asked:
            assert as_admin.get("/roster/").status_code == 200
        Therapist.objects.all().delete()
        return len(asked)

    queries(1)  # the first visit writes its session down
    assert queries(10) == queries(60) <= 12


def test_a_therapist_says_as_of_now_whether_they_accept_clients(as_therapist, mara):
    as_therapist.post("/room/", {"accepting": "0"})
    mara.refresh_from_db()
    assert (mara.accepting, mara.is_stale) == (False, False)
    as_therapist.post("/room/", {"accepting": "1"})
    mara.refresh_from_db()
    assert mara.takes_clients


TODAY = timezone.now().date()
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("fields", "said", "page"),
    [
        ({"confirmed_at": None}, "accepting, not confirmed", "you have not said so yet"),
        (
            {"confirmed_at": timezone.now() - 20 * DAY},
            "accepting, not confirmed",
            "last confirmed 20 days ago",
        ),
        (
            {"confirmed_at": timezone.now() - 40 * DAY},
            "not confirmed for a month",
            "it is long since you said",
        ),
        ({"status": "paused"}, ">away<", "You are away: nobody new"),
        (
            {"status": "paused", "returns_on": datetime.date(2099, 3, 1)},
            "until 1 March 2099",
            "until 1 March 2099",
        ),
        ({"licence_expires_on": TODAY - DAY}, "licence expired", "Your licence ended on"),
        ({"accepting": False}, "not now", "You take no new clients"),
    ],
)
def test_the_roster_and_their_own_page_say_the_same(as_admin, as_therapist, mara, fields, said, page):
    Therapist.objects.filter(pk=mara.pk).update(**{"confirmed_at": timezone.now()} | fields)

    assert said in as_admin.get("/roster/").content.decode()
    assert page in as_therapist.get("/my-alliance/").content.decode()


@pytest.mark.parametrize(
    ("days", "said"), [(61, ""), (59, "licence ends"), (0, "licence ends"), (-1, "licence ended")]
)
def test_the_roster_tells_of_a_licence_sixty_days_before_its_end(as_admin, mara, days, said):
    Therapist.objects.filter(pk=mara.pk).update(licence_expires_on=timezone.now().date() + days * DAY)

    body = as_admin.get("/roster/").content.decode()

    assert said in body
    assert ("licence end" in body) == bool(said)


def test_who_was_away_says_that_they_are_back(as_therapist, mara):
    Therapist.objects.filter(pk=mara.pk).update(status="paused", returns_on=TODAY + 9 * DAY)

    as_therapist.post("/room/", {"accepting": "1"})

    mara.refresh_from_db()
    assert (mara.status, mara.returns_on, mara.takes_clients) == ("active", None, True)


def test_an_expired_licence_takes_nobody_whatever_its_holder_says(as_therapist, mara):
    Therapist.objects.filter(pk=mara.pk).update(licence_expires_on=TODAY - DAY)

    answer = as_therapist.post("/room/", {"accepting": "1"}, follow=True)

    mara.refresh_from_db()
    assert not mara.takes_clients
    assert b"Clients see it once the clinic has a new date" in answer.content
