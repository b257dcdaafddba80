"""Somebody new: from the first page, by a link in their mail, to the first meeting in their calendar."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import reverse
from icalendar import Calendar
from playwright.sync_api import expect

from alliance_match.accounts.models import User
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.services import pending_rescores_process
from clients.models import Client, Introduction

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
NELE, MARA = "nele@home.example", "mara@demo.invalid"


@pytest.fixture
def stranger(clinic, mailoutbox):
    """The demo clinic before and after Nele."""
    yield clinic
    Client.objects.filter(user__email=NELE).delete()
    User.objects.filter(email=NELE).delete()
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)


def link():
    """The page that the mail leads to; its own name is that of the real site."""
    return urlsplit(re.search(r"http://\S+", str(mail.outbox[-1].body))[0]).path


@pytest.mark.parametrize("javascript", [True, False])
def test_a_stranger_answers_chooses_asks_and_meets_somebody(new_page, stranger, javascript):
    page = new_page(viewport=PHONE, java_script_enabled=javascript)
    sign_up(page)
    answer(page)
    pending_rescores_process(clinic=stranger, by=SystemActor.WORKER)
    page.reload()
    expect(page.locator("ol.suggestions > li").nth(2)).to_be_visible()
    page.get_by_text("Why this suggestion").first.click()
    expect(page.get_by_text("The parts add up").first).to_be_visible()

    filter_for_women(page, javascript=javascript)
    compare(page, "Mara Albrecht", "Helena Costa")
    page.get_by_role("article", name="Mara Albrecht").get_by_role("link", name="Ask to meet").click()
    page.get_by_role("group", name=re.compile("Which of these hours")).get_by_role("checkbox").first.check()
    page.get_by_label(re.compile("A note")).fill("Evenings are hard for me.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("An answer comes by")).to_be_visible()

    agree(new_page(MARA), "Nele")
    page.reload()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Put it into your calendar").click()
    (event,) = Calendar.from_ical(waiting.value.path().read_bytes()).walk("VEVENT")
    assert event.start == Introduction.objects.get(client__user__email=NELE).starts_at


def sign_up(page):
    page.goto("/")
    page.get_by_role("link", name=re.compile("Begin here")).click()
    page.get_by_label("What should we call you?").fill("Nele")
    page.get_by_label("E-mail").fill(NELE)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    page.goto(link())
    page.get_by_label("New password").fill("a quiet room of paper")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Use my answers for my care here").check()
    page.get_by_role("button", name="Agree and go on").click()


def answer(page):
    """The four steps, the last left empty."""
    page.get_by_label("English").check()
    page.get_by_label("What could you pay for a session at most?").fill("120")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("low mood").check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("radio", name="rather follow a clear plan").check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Show me suggestions").click()
    expect(page).to_have_url(re.compile(reverse("suggestions")))


def filter_for_women(page, *, javascript):
    page.get_by_role("link", name="Browse", exact=True).click()
    everybody = page.locator("ol.suggestions > li").count()
    page.locator("#filters > summary").click()
    page.get_by_label(re.compile(r"^\s*woman")).check()
    if not javascript:
        page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("gender=woman"))
    expect(page.get_by_role("link", name=re.compile("woman.*remove"))).to_be_visible()
    assert 0 < page.locator("ol.suggestions > li").count() < everybody


def compare(page, *names):
    for name in names:
        there = page.get_by_role("article", name=name)
        there.get_by_role("button", name="Add to favourites").click()
        expect(there.get_by_role("button", name="A favourite")).to_be_visible()
    page.get_by_role("link", name=re.compile("favourites, side by side")).click()
    for name in names:
        expect(page.get_by_role("article", name=name)).to_be_visible()


def agree(page, name):
    """A therapist agrees to the first hour that somebody asked for."""
    page.goto("/requests/")
    page.get_by_role("link", name=re.compile(f"Answer {name}")).click()
    page.get_by_role("group", name="When will you meet?").get_by_role("radio").first.check()
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_role("heading", name="Requests for a first meeting")).to_be_visible()


def test_a_client_elsewhere_is_offered_their_own_time(new_page, stranger):
    page = new_page("cleo@demo.invalid", timezone_id="America/New_York")
    page.goto("/suggestions/")
    page.get_by_role("button", name="Use my device’s time").click()
    expect(page.get_by_text("Times are yours from now on")).to_be_visible()
    expect(page.get_by_role("button", name="Use my device’s time")).to_be_hidden()
    page.get_by_role("link", name="Mara Albrecht").first.click()
    expect(page.get_by_text("Every week, in your time (America/New_York).")).to_be_visible()
    User.objects.filter(email="cleo@demo.invalid").update(time_zone="")


def test_a_client_at_home_is_offered_nothing(new_page, stranger):
    page = new_page("cleo@demo.invalid", timezone_id="Europe/Vienna")
    page.goto("/suggestions/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Use my device’s time")).to_be_hidden()
