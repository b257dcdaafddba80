"""Somebody new: from the first page, by a link in their mail, to suggestions and a request."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from alliance_match.accounts.models import User
from alliance_match.matching.services import owed_work_off
from clients.models import Client

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
NELE = "nele@home.example"


@pytest.fixture
def stranger(clinic, mailoutbox):
    """The demo clinic before and after Nele."""
    yield clinic
    Client.objects.filter(user__email=NELE).delete()
    User.objects.filter(email=NELE).delete()
    owed_work_off(clinic=clinic)


def link():
    return re.search(r"http://\S+", mail.outbox[-1].body)[0]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_stranger_signs_up_answers_and_asks_to_meet_somebody(new_page, stranger, javascript):
    page = new_page(viewport=PHONE, java_script_enabled=javascript)
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
    for _step in range(3):
        page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Show me suggestions").click()
    expect(page).to_have_url(re.compile(reverse("suggestions")))

    owed_work_off(clinic=stranger)
    page.reload()
    page.get_by_role("link", name="Ask to meet").first.click()
    page.locator("input[name=hours]").first.check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("An answer comes by")).to_be_visible()


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
