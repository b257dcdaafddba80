"""Pages on which a client looks for somebody."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import MatchList, PublishedState, TrainingRow
from alliance_match.matching.services import clinic_fit
from clients.models import Intake, Mark
from clients.services import introduction_decline, mark_set, switch_begin
from tests import cast
from therapists.models import Therapist

PAGES = ["browse", "favourites", "suggestions", "therapist"]


def address(name, therapist):
    return reverse(name, args=[therapist.pk] if name == "therapist" else [])


def test_browsing_begins_with_what_the_client_asked_for(as_client, cleo):
    assert as_client.get(reverse("browse")).url == "/browse/?room=now&language=en&fee=90"
    Intake.objects.filter(client=cleo).update(languages=[], highest_fee=None)
    assert as_client.get(reverse("browse")).url == "/browse/?room=now"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_few_queries_and_no_more_with_many_therapists(name, as_client, cleo, linden, mara):
    counts = []
    for many in (5, 60):
        for k in range(many):
            one = cast.make_therapist(linden, f"Many{many}-{k}", style=(1, 0, 2, 1))
            one.slots.create(weekday=k % 5, starts="09:00", ends="09:50", format="in_person")
            mark_set(client=cleo, therapist=one, kind=Mark.Kind.FAVOURITE, by=SystemActor.COMMAND)
        clinic_fit(clinic=linden, by=SystemActor.WORKER)
        as_client.get(address(name, mara))
        with CaptureQueriesContext(connection) as context:
            assert as_client.get(address(name, mara) + "?sort=fee").status_code == 200
        counts.append(sum(query["sql"].startswith("SELECT") for query in context))
    assert counts[0] == counts[1] <= 12


def test_a_therapist_who_left_is_not_here(as_client, pavel):
    Therapist.objects.filter(pk=pavel.pk).update(status="left")
    assert as_client.get(address("therapist", pavel)).status_code == 404


def test_a_therapist_on_leave_is_shown_as_that(as_client, pavel):
    Therapist.objects.filter(pk=pavel.pk).update(status="paused", returns_on="2027-03-01")
    text = as_client.get(address("therapist", pavel)).content.decode()
    assert "away, and taking no new clients; back on 1 March" in " ".join(text.split())


@pytest.mark.parametrize("name", ["browse", "therapist", "favourites"])
def test_one_who_is_full_is_waited_for_and_not_asked(name, as_client, cleo, mara):
    mark_set(client=cleo, therapist=mara, kind=Mark.Kind.FAVOURITE, by=SystemActor.COMMAND)
    path = address(name, mara) + "?sort=suggested"
    assert "Ask to meet" in as_client.get(path).content.decode()

    Therapist.objects.filter(pk=mara.pk).update(caseload_cap=0)

    text = as_client.get(path).content.decode()
    assert "Ask to meet" not in text
    assert "Wait for a place" in text
    assert "no room at the moment" in text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_how_soon_somebody_usually_replies(name, as_client, cleo, linden, mara, fitted_clinic):
    mark_set(client=cleo, therapist=mara, kind=Mark.Kind.FAVOURITE, by=SystemActor.COMMAND)
    path = address(name, mara) + "?sort=suggested"
    assert "usually replies" not in as_client.get(path).content.decode()

    for number in range(5):
        asked = cast.make_introduction(cast.make_client(linden, f"Asks{number}"), mara)
        introduction_decline(introduction=asked, reason="", by=SystemActor.COMMAND)

    assert "usually replies within a day" in as_client.get(path).content.decode()


def test_three_favourites_stand_side_by_side_and_others_can_be_chosen(as_client, cleo, linden):
    therapists = [cast.make_therapist(linden, f"T{k}") for k in range(5)]
    for one in therapists:
        mark_set(client=cleo, therapist=one, kind=Mark.Kind.FAVOURITE, by=SystemActor.COMMAND)
    first = as_client.get(reverse("favourites")).context["chosen"]
    assert [row.therapist for row in first] == therapists[:3]
    wanted = as_client.get(reverse("favourites"), {"who": [therapists[4].pk, therapists[1].pk, "x"]})
    assert [row.therapist for row in wanted.context["chosen"]] == [therapists[1], therapists[4]]


def test_whom_one_puts_aside_is_gone_at_once_and_comes_back_at_once(as_client, fitted_clinic, mara):
    def suggested():
        return [card.therapist for card in as_client.get(reverse("suggestions")).context["cards"]]

    assert mara in suggested()
    as_client.post(reverse("mark", args=[mara.pk]), {"kind": "not_for_me"})
    assert mara not in suggested()
    assert "is not shown to you any more" in as_client.get(reverse("suggestions")).content.decode()
    as_client.post(reverse("mark", args=[mara.pk]), {"kind": ""})
    assert mara in suggested()


def test_the_page_says_the_day_of_what_others_rated_and_no_time_or_count(as_client, fitted_clinic, cleo):
    PublishedState.objects.update(created_at="2026-03-04T13:37Z")
    page = as_client.get(reverse("suggestions"))
    assert "With what others rated until 4 March" in page.text
    assert "13:37" not in page.text
    assert (TrainingRow.objects.count(), page.context["rated"]) == (45, 40)


def test_another_list_is_announced_and_the_same_is_not(as_client, fitted_clinic, cleo, third_session):
    shown = as_client.get(reverse("suggestions")).context["drawn"]
    again = as_client.get(reverse("suggestions"), {"shown": shown})
    assert "New ratings changed" not in again.text
    MatchList.objects.update(scored_at=Now() + timedelta(hours=1))
    assert "New ratings changed" in as_client.get(reverse("suggestions"), {"shown": shown}).text


def test_only_what_helps_is_offered_to_see_more_people(as_client, linden):
    for name, fee in (("Dear", 80), ("Low", 20)):
        cast.make_therapist(linden, name, languages=["ja"], fee=fee)
    found = as_client.get(reverse("browse"), {"language": "ja", "fee": "30", "sort": "suggested"})
    assert [chip.words for chip in found.context["found"].ways_out] == ["at most 30 a session"]
    assert "Leave out “at most 30 a session”: 2 people" in found.text
    assert "Leave out “Japanese”" not in found.text


def test_all_suggestions_come_in_pages_on_one_axis(as_client, cleo, linden):
    for k in range(25):
        cast.make_therapist(linden, f"Many-{k}", style=(1, 0, 2, 1))
    clinic_fit(clinic=linden, by=SystemActor.WORKER)

    first, second = (as_client.get(reverse("suggestions"), {"all": "1", "page": page}) for page in (1, 2))

    assert (len(first.context["cards"]), len(second.context["cards"])) == (20, 5)
    assert first.context["axis"] == second.context["axis"]
    assert "all=1&amp;page=2" in first.text
    assert "page=" not in as_client.get(reverse("suggestions")).text


def test_hours_that_were_asked_for_stand_first(as_client, cleo, linden, mara):
    for weekday in (1, 2, 3):
        mara.slots.create(weekday=weekday, starts="09:00", ends="09:50", format="in_person")
    for name, weekday in (("Tuesday", 1), ("Wednesday", 2), ("Thursday", 3)):
        cleo.time_windows.all().delete()
        cleo.time_windows.create(weekday=weekday, starts="08:00", ends="12:00")
        clinic_fit(clinic=linden, by=SystemActor.WORKER)

        page = as_client.get(reverse("suggestions")).text
        assert re.search(r"<span>\s*(\w+day)\s+09:00", page)[1] == name
        listed = as_client.get(reverse("browse"), {"time": f"{weekday}-morning"}).text
        assert re.search(r"<span>\s*(\w+day)\s+09:00", listed)[1] == name


def test_an_answer_that_is_not_taken_in_yet_is_said(as_client, cleo, linden, mara):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    assert "being taken in" not in as_client.get(reverse("suggestions")).text

    cleo.wishes.create(attribute="gender", accepted=["man"])

    assert "being taken in" in as_client.get(reverse("suggestions")).text


def test_whoever_has_not_answered_to_the_end_reads_so(as_client, cleo, linden, mara):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    assert "not gone through all the questions" in as_client.get(reverse("suggestions")).text

    Intake.objects.filter(client=cleo).update(finished_at="2026-03-01T12:00Z")
    assert "not gone through all the questions" not in as_client.get(reverse("suggestions")).text


@pytest.mark.parametrize(("ends", "words"), [(True, "as you chose"), (False, "until you end it")])
def test_care_that_ends_with_an_agreement_is_called_so(as_client, linden, mara, episode, ends, words):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    switch_begin(episode=episode, ends_episode=ends, notifies_therapist=False, by=SystemActor.COMMAND)

    assert words in as_client.get(reverse("suggestions")).text
    assert ("You chose that your care" in as_client.get(reverse("ask", args=[mara.pk])).text) == ends


@pytest.mark.parametrize(("last", "heading"), [(3.0, "may work well with"), (-3.0, "could start with")])
def test_no_fit_is_promised_where_an_estimate_does_not(last, heading):
    shown = [SimpleNamespace(track=SimpleNamespace(mean=mean)) for mean in (5.0, last)]

    page = render_to_string("matching/_intro.html", {"verdict": "predicted", "cards": shown, "rated": 100})

    assert heading in page[page.index("<h1>") : page.index("</h1>")]


def test_nobody_is_suggested_once_the_consent_to_care_is_taken_back(fitted_clinic, as_client):
    assert as_client.get(reverse("suggestions")).context["cards"]

    as_client.post(reverse("care_withdraw"))

    assert as_client.get(reverse("suggestions")).context["cards"] == []
