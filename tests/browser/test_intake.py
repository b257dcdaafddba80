"""The way of somebody new: consents, four steps, suggestions."""

import re
from contextlib import nullcontext

import pytest
from playwright.sync_api import expect

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.services import pending_rescores_process
from clients.models import Intake
from tests.cast import make_client, make_member

pytestmark = pytest.mark.browser


@pytest.fixture
def newcomer(clinic):
    """A client of the demo clinic who has answered nothing yet."""
    user = make_member(clinic, "Nora", Role.CLIENT)
    client = make_client(clinic, "Nora", consents=(), user=user)
    yield client
    client.delete()
    user.delete()
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)


def begin(page):
    page.goto("/start/")
    expect(page).to_have_url(re.compile("/consents/$"))
    page.get_by_label("Use my answers for my care here").check()
    page.get_by_label("Learn from my ratings").check()
    page.get_by_role("button", name="Agree and go on").click()
    expect(page.get_by_role("heading", name="What has to fit")).to_be_visible()


def walk(page):
    page.get_by_label("English").check()
    page.get_by_label("Monday, evening").check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("sleep").check()
    page.get_by_label("In your own words").fill("Short nights.")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("clearly follow a clear plan").check()
    page.get_by_label("very much").first.check()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", name="What helped before")).to_be_visible()
    page.get_by_role("button", name="Show me suggestions").click()


def stored(client):
    return Intake.objects.get(client=client)


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_new_answers_and_is_given_suggestions(new_page, clinic, newcomer, javascript):
    page = new_page(newcomer.user.email, java_script_enabled=javascript)
    begin(page)
    walk(page)
    expect(page).to_have_url(re.compile("/suggestions/$"))
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    with page.expect_response(re.compile("/looked/$")) if javascript else nullcontext():
        page.reload()
    expect(page.locator("ol.suggestions > li").first).to_be_visible()
    assert stored(newcomer).about == "Short nights."
    assert newcomer.style_preferences.get().position == 3


def test_answers_are_kept_while_they_are_given_and_found_on_another_device(new_page, newcomer):
    page = new_page(newcomer.user.email)
    begin(page)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("In your own words").fill("It began in spring")
    page.get_by_label("In your own words").blur()
    expect(page.locator("#saved")).to_have_text(re.compile("Saved"))

    phone = new_page(newcomer.user.email, viewport={"width": 360, "height": 740})
    phone.goto("/intake/")
    expect(phone.get_by_label("In your own words")).to_have_value("It began in spring")


def test_the_intake_needs_only_the_keyboard(new_page, newcomer):
    page = new_page(newcomer.user.email)
    begin(page)
    page.goto("/intake/style/")
    first = page.get_by_label("clearly find the way as we go")
    first.focus()
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_label("rather follow a clear plan")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What helped before")).to_be_visible()
    assert newcomer.style_preferences.get().position == 2


def test_a_wrong_amount_is_told_and_the_rest_stays(new_page, newcomer):
    page = new_page(newcomer.user.email)
    begin(page)
    page.get_by_label("Friday, morning").check()
    page.get_by_label("What could you pay").fill("a lot")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("such as 80")
    expect(page.get_by_label("Friday, morning")).to_be_checked()
    expect(page.get_by_label("What could you pay")).to_have_value("a lot")
