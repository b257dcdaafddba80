"""The way through the intake, as a client walks it."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from alliance_match.accounts.models import Role
from clients.models import Consent, Intake, TimeWindow
from tests.cast import make_client, make_member, make_therapist


@pytest.fixture
def newcomer(linden):
    """A client who has answered nothing yet."""
    return make_client(linden, "Nora", consents=(), user=make_member(linden, "Nora", Role.CLIENT))


@pytest.fixture
def browser(newcomer, log_in):
    return log_in(newcomer.user)


def step(name):
    return reverse("intake_step", args=[name])


@pytest.fixture
def agreed(newcomer):
    Consent.objects.create(client=newcomer, purpose="care")
    return newcomer


def test_nothing_is_asked_before_there_is_a_consent(browser):
    for address in (reverse("intake"), step("practical"), step("style"), reverse("begin")):
        assert browser.get(address).url.split("?")[0] == reverse("consents")


def test_once_agreed_one_is_where_one_was_going(browser, newcomer, mara):
    for address in (step("style"), reverse("ask", args=[mara.pk])):
        consents = browser.get(address).url
        assert browser.post(consents, {"care": "on"}).url == address
        newcomer.consents.all().delete()
    away = f"{reverse('consents')}?next=https://elsewhere.example/"
    assert browser.post(away, {"care": "on"}).url == reverse("intake")
    assert browser.get(reverse("start"), follow=True).redirect_chain[-1][0] == reverse("suggestions")


def test_a_form_sent_without_consent_is_not_lost_and_nothing_is_stored(browser, newcomer, mara):
    for address, sent in (
        (step("concerns"), {"about": "short nights"}),
        (reverse("ask", args=[mara.pk]), {"note": "short nights"}),
    ):
        answer = browser.post(address, sent)
        assert answer.status_code == 422
        assert "short nights" in answer.text
        assert f'<a href="{reverse("consents")}" target="_blank"' in answer.text
    assert not Intake.objects.filter(client=newcomer).exists()
    assert not newcomer.introductions.exists()


def test_without_the_consent_to_care_nothing_begins_and_the_page_says_why(browser, newcomer):
    answer = browser.post(reverse("consents"), {"matching": "on"})
    assert answer.status_code == 422
    assert "talk to your clinic first" in answer.text
    assert not newcomer.consents.exists()


def test_a_client_walks_through_four_steps(browser, newcomer, mara):
    assert browser.post(reverse("consents"), {"care": "on", "matching": "on"}).url == reverse("intake")
    assert browser.get(reverse("intake")).url == step("practical")
    ticked = {"languages": ["en"], "times": ["0-morning", "4-evening"], "highest_fee": "90"}
    assert browser.post(step("practical"), ticked).url == step("concerns")
    assert browser.post(step("concerns"), {"concerns": ["sleep"], "about": "short nights"}).url == step(
        "style"
    )
    assert browser.post(step("style"), {"warmth_position": "2"}).url == step("before")
    assert browser.post(step("before"), {"helped_before": "walks"}).url == reverse("suggestions")
    intake = Intake.objects.get(client=newcomer)
    assert (intake.languages, intake.highest_fee, intake.concerns) == (["en"], Decimal(90), ["sleep"])
    assert (intake.about, intake.helped_before) == ("short nights", "walks")
    assert intake.finished_at is not None
    assert newcomer.style_preferences.get().importance == 1
    windows = [(one.weekday, one.starts.hour, one.ends.hour) for one in newcomer.time_windows.all()]
    assert windows == [(0, 8, 12), (4, 17, 21)]


def test_every_step_can_be_left_empty(browser, agreed):
    for name in ("practical", "concerns", "style", "before"):
        assert browser.post(step(name)).status_code == 302
    assert browser.get(reverse("intake")).status_code == 200


def test_one_goes_on_where_one_left_off(browser, agreed):
    browser.post(step("practical"))
    answer = browser.post(step("concerns"), {"about": "half a thou", "later": "1"}, follow=True)
    assert "on another device" in answer.text
    assert browser.get(reverse("intake")).url == step("concerns")
    assert "half a thou" in browser.get(step("concerns")).text


def test_a_change_is_kept_in_passing(browser, agreed):
    answer = browser.post(step("concerns"), {"about": "half a th"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Saved" in answer.text
    assert "<html" not in answer.text
    intake = Intake.objects.get(client=agreed)
    assert (intake.about, intake.step) == ("half a th", 2)


def test_a_change_that_cannot_be_kept_says_so_in_passing(browser, agreed):
    answer = browser.post(step("practical"), {"highest_fee": "a lot"}, headers={"HX-Request": "true"})
    assert "Not saved yet" in answer.text
    assert "such as 80" in answer.text
    assert not Intake.objects.filter(client=agreed).exists()


@pytest.mark.parametrize(
    ("name", "posted", "field", "said"),
    [
        ("practical", {"highest_fee": "-1"}, "highest_fee", "greater than or equal to 0"),
        ("practical", {"highest_fee": "1e309"}, "highest_fee", "digits"),
        ("practical", {"highest_fee": "NaN"}, "highest_fee", "such as 80"),
        ("practical", {"start_from": "31/02/2026"}, "start_from", "not a day"),
        ("practical", {"times": "9-midnight"}, "times", "9-midnight"),
        ("practical", {"languages": "tlh"}, "languages", "tlh"),
        ("practical", {"place": "nowhere"}, "place", "nowhere"),
        ("concerns", {"concerns": "everything"}, "concerns", "everything"),
        ("concerns", {"about": "x" * 4001}, "about", "at most 4000"),
        ("style", {"warmth_position": "4"}, "warmth_position", "Select a valid choice"),
        ("style", {"warmth_importance": "x"}, "warmth_importance", "Select a valid choice"),
    ],
)
def test_a_wrong_answer_is_explained_beside_its_field_and_nothing_is_lost(
    browser, agreed, mara, name, posted, field, said
):
    answer = browser.post(step(name), posted)
    assert answer.status_code == 422
    assert said in str(answer.context["form"].errors[field])
    assert f"id_{field}_group" in answer.text
    value = next(iter(posted.values()))
    if field in {"about", "highest_fee", "start_from"}:
        assert value in answer.text


def test_hours_from_elsewhere_stay_until_a_box_changes(browser, agreed):
    TimeWindow.objects.create(client=agreed, weekday=1, starts=datetime.time(9, 15), ends=datetime.time(10))
    browser.post(step("practical"), {"times": ["1-morning"], "formats": ["telehealth"]})
    assert agreed.time_windows.get().starts == datetime.time(9, 15)
    browser.post(step("practical"), {"times": ["1-morning", "1-evening"]})
    assert [one.starts.hour for one in agreed.time_windows.all()] == [8, 17]


def test_a_wish_is_offered_where_people_differ_and_leaves_others_out(browser, agreed, linden):
    make_therapist(linden, "Ann", gender="woman")
    assert "gender" not in browser.get(step("before")).context["form"].fields
    make_therapist(linden, "Ben", gender="man")
    browser.post(step("before"), {"gender": ["woman"]})
    assert agreed.wishes.get().accepted == ["woman"]
    browser.post(step("before"))
    assert not agreed.wishes.exists()


def test_after_the_end_a_change_leads_back_to_ones_answers(browser, agreed):
    browser.post(step("before"))
    answer = browser.post(step("concerns"), {"concerns": ["grief"]}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("intake")
    assert "follow in a few seconds" in answer.text
    assert "grief" in answer.text


def test_ones_answers_are_read_in_words(browser, agreed):
    browser.post(step("style"), {"warmth_position": "-3", "warmth_importance": "3"})
    browser.post(step("practical"), {"highest_fee": "82.50", "start_from": "2026-12-01"})
    browser.post(step("before"))
    page = browser.get(reverse("intake")).text
    for words in ("clearly be challenged", "very much", "82.50", "1 December 2026", "my care here"):
        assert words in page


def test_a_step_that_does_not_exist_is_not_there(browser, agreed):
    assert browser.get(step("fifth")).status_code == 404


def test_a_step_costs_as_many_queries_with_many_therapists(
    browser, agreed, linden, django_assert_max_num_queries
):
    for k in range(30):
        make_therapist(linden, f"T{k}", gender="woman" if k % 2 else "man")
    for name in ("practical", "concerns", "style", "before"):
        with django_assert_max_num_queries(12):
            browser.get(step(name))
