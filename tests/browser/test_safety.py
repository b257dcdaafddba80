"""From an answer on a phone to an alert that was closed: nothing need be sent for it but a tap."""

import re

import pytest
from playwright.sync_api import expect

from alliance_match.safety.models import RiskAlert, SymptomCheck
from clients.models import Intake
from tests.browser.test_every_page import hurdles

pytestmark = pytest.mark.browser
CLEO, MARA, ASHA = "cleo@demo.invalid", "mara@demo.invalid", "asha@demo.invalid"
PHONE = {"viewport": {"width": 390, "height": 844}}
CALM = "You don’t have to be alone with it."


@pytest.fixture
def forgotten(site):
    """Whatever a test tells here is forgotten afterwards."""
    words = {one.pk: one.about for one in Intake.objects.filter(client__user__email=CLEO)}
    yield
    for pk, about in words.items():
        Intake.objects.filter(pk=pk).update(about=about)
    RiskAlert.objects.all().delete()
    SymptomCheck.objects.all().delete()


def answer_ninth(page, label="More than half the days"):
    page.goto("/how-you-have-been/mood/")
    page.get_by_role("group", name="better off dead").get_by_label(label).check()


@pytest.mark.usefixtures("forgotten")
def test_a_tap_shows_the_calm_screen_at_once_and_is_stored_though_the_form_is_never_sent(new_page):
    page = new_page(CLEO, **PHONE)

    answer_ninth(page)

    expect(page.get_by_text(CALM)).to_be_in_viewport()
    card = page.locator("#heard .crisis")
    expect(card.get_by_role("link", name="0800 000 000")).to_have_attribute("href", "tel:0800000000")
    assert card.get_by_role("link", name="112").bounding_box()["height"] >= 44
    expect(page.get_by_text("Asha (made up) at Lindenhof practice (made up) is told now")).to_be_visible()
    expect(page.get_by_role("button", name="Send, and go on")).to_be_enabled()
    assert hurdles(page) == []
    page.close()
    assert RiskAlert.objects.get().level == 2
    assert not SymptomCheck.objects.exists()


@pytest.mark.usefixtures("forgotten")
def test_taking_the_answer_back_clears_nobody_and_the_form_goes_on(new_page):
    page = new_page(CLEO, **PHONE)
    answer_ninth(page, "Several days")
    expect(page.get_by_text(CALM)).to_be_visible()

    with page.expect_response("**/hear/"):
        page.get_by_role("group", name="better off dead").get_by_label("Not at all").check()
    page.get_by_role("button", name="Send, and go on").click()

    expect(page.get_by_text(CALM)).to_be_visible()
    expect(page.get_by_text("Stored. Thank you")).to_have_count(0)
    page.get_by_role("link", name="Go on").click()
    expect(page).to_have_url(re.compile("/worry/$"))
    expect(page.get_by_text("Stored. Thank you")).to_be_visible()
    expect(page.get_by_text(CALM)).to_have_count(0)
    assert SymptomCheck.objects.get().answers["item_9"] == 0
    assert RiskAlert.objects.get().level == 1


@pytest.mark.usefixtures("forgotten")
def test_without_javascript_the_calm_screen_comes_with_the_next_page(new_page):
    page = new_page(CLEO, java_script_enabled=False, **PHONE)
    answer_ninth(page)

    page.get_by_role("button", name="Send, and go on").click()

    expect(page.get_by_text(CALM)).to_be_in_viewport()
    assert RiskAlert.objects.get().level == 2


@pytest.mark.usefixtures("forgotten")
def test_the_owner_takes_note_is_in_touch_and_closes(new_page):
    client, owner = new_page(CLEO, **PHONE), new_page(ASHA)
    answer_ninth(client)
    expect(client.get_by_text(CALM)).to_be_visible()

    owner.goto("/roster/")
    owner.get_by_role("link", name="there is an alert that nobody has taken note of").click()
    owner.get_by_role("link", name="Cleo (made up)").click()
    assert hurdles(owner) == []
    owner.get_by_role("button", name="I take note, and get in touch").click()
    expect(owner.get_by_text("Somebody needs you now")).to_have_count(0)
    owner.get_by_role("button", name="I was in touch").click()
    owner.get_by_role("button", name="Close").click()
    expect(owner.get_by_role("alert")).to_be_focused()
    owner.get_by_label("What was done").fill("We spoke, and meet on Friday.")
    owner.get_by_role("button", name="Close").click()

    expect(owner.get_by_text("We spoke, and meet on Friday.")).to_be_visible()
    assert RiskAlert.objects.get().state == "closed"
    owner.goto("/care-alerts/")
    assert hurdles(owner) == []


@pytest.mark.usefixtures("forgotten")
def test_an_alert_in_the_list_is_open_to_everybody(new_page):
    client, backup = new_page(CLEO, **PHONE), new_page(MARA)
    answer_ninth(client)
    expect(client.get_by_text(CALM)).to_be_visible()

    backup.goto("/care-alerts/")

    expect(backup.get_by_role("link", name="Cleo (made up)")).to_be_visible()
    assert hurdles(backup) == []


@pytest.mark.usefixtures("forgotten")
def test_ones_own_course_is_open_to_everybody(new_page):
    page = new_page(CLEO)
    for _time in range(2):
        page.goto("/how-you-have-been/mood/")
        for group in page.get_by_role("group").filter(has_text="Several days").all():
            group.get_by_label("Not at all").check()
        page.get_by_role("button", name="Send, and go on").click()
        page.goto("/how-you-have-been/")

    expect(page.get_by_text("No clear change since")).to_be_visible()
    assert hurdles(page) == []


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("cause", ["the line is down", "the session is over"])
def test_an_answer_that_did_not_arrive_is_owned_up_to_with_whom_to_call(new_page, chromium, site, cause):
    state = new_page(CLEO).context.storage_state()
    # A page of its own, for what goes wrong here is meant.
    page = chromium.new_context(base_url=site, storage_state=state, **PHONE).new_page()
    page.goto("/how-you-have-been/mood/")
    ninth = page.get_by_role("group", name="better off dead")
    if cause == "the session is over":
        page.context.clear_cookies(name="sessionid")
    else:
        page.route("**/hear/", lambda route: route.abort())

    ninth.get_by_label("Not at all").check()
    expect(page.get_by_text("This could not be passed on just now")).to_be_hidden()
    ninth.get_by_label("Several days").check()

    expect(page.get_by_text("This could not be passed on just now")).to_be_in_viewport()
    expect(page.locator("#unheard").get_by_role("link", name="0800 000 000")).to_be_visible()
    expect(page.get_by_role("heading", name="Log in")).to_have_count(0)
    assert not RiskAlert.objects.exists()
    page.context.close()


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("width", [390, 320])
def test_words_lead_to_whom_to_call_and_a_tap_asks_for_a_call(new_page, width):
    page = new_page(CLEO, viewport={"width": width, "height": 700})
    page.goto("/intake/concerns/")
    page.get_by_label("In your own words").fill("I don’t want to live anymore.")
    page.keyboard.press("Tab")
    expect(page.locator("#saved .crisis").get_by_role("link", name="112")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(CALM)
    expect(page.locator(".crisis").get_by_role("link", name="112")).to_be_in_viewport()
    expect(page.locator("main .message")).to_have_count(0)
    assert hurdles(page) == []
    page.get_by_role("button", name="Please call me").dblclick()

    expect(page.get_by_text("Asha (made up) at Lindenhof practice (made up) is told now")).to_be_visible()
    expect(page.get_by_role("button", name="Please call me")).to_have_count(0)
    assert hurdles(page) == []
    assert RiskAlert.objects.get().steps.count() == 1
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_text("I don’t want to live anymore.")).to_be_visible()


@pytest.mark.usefixtures("forgotten")
def test_somebody_is_two_keys_or_one_thumb_away(new_page):
    page = new_page(CLEO, **PHONE)
    page.goto("/check-ins/")
    way = page.get_by_role("link", name="I need somebody now")

    box = way.bounding_box()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    expect(way).to_be_focused()
    assert box["height"] >= 44
    assert box["y"] > 844 / 2
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(CALM)
