"""From an answer on a phone to an alert that was closed: nothing need be sent for it but a tap."""

import re

import pytest
from playwright.sync_api import expect

from alliance_match.safety.models import RiskAlert, SymptomCheck
from tests.browser.test_every_page import hurdles

pytestmark = pytest.mark.browser
CLEO, MARA, ASHA = "cleo@demo.invalid", "mara@demo.invalid", "asha@demo.invalid"
PHONE = {"viewport": {"width": 390, "height": 844}}
CALM = "You don’t have to be alone with it."


@pytest.fixture
def forgotten(site):
    """Whatever a test tells here is forgotten afterwards."""
    yield
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
    expect(page.get_by_role("link", name="0800 000 000")).to_have_attribute("href", "tel:0800000000")
    assert page.get_by_role("link", name="112").bounding_box()["height"] >= 44
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

    expect(page).to_have_url(re.compile("/worry/$"))
    expect(page.get_by_text(CALM)).to_be_visible()
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
