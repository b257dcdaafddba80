"""The way of a client: a log-in of the demo, the suggestions, a check-in, and the suggestions again."""

import re

import pytest
from playwright.sync_api import expect

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.services import pending_rescores_process
from clients.models import Session
from surveys.models import AllianceRating

pytestmark = pytest.mark.browser
CLEO = "cleo@demo.invalid"
THIRD = "Check in about session 3 with Pavel Novák"


def enter_as_cleo(page):
    page.goto("/")
    page.get_by_role("button", name="Look as Cleo").click()
    expect(page).to_have_url(re.compile("/suggestions/$"))


def questions(page):
    """The questions of the check-in, once its page is there: `all()` waits for nothing."""
    expect(page.locator("fieldset.scale")).to_have_count(6)
    return page.locator("fieldset.scale").all()


def test_a_client_goes_from_the_log_in_to_new_suggestions(new_page, clinic):
    page = new_page()
    enter_as_cleo(page)
    page.get_by_role("link", name="Check-ins").click()
    page.get_by_role("link", name=THIRD).click()
    for question in questions(page):
        question.get_by_role("radio", name="9").check()
    page.get_by_label("not yet").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    page.get_by_role("link", name="My suggestions").click()

    expect(page.get_by_text("all that you rated yourself")).to_be_visible()
    assert AllianceRating.objects.get(response__session__episode__client__user__email=CLEO).total == 90


def test_the_same_way_leads_there_without_javascript(new_page, clinic):
    page = new_page(java_script_enabled=False)
    enter_as_cleo(page)
    page.get_by_role("link", name="Check-ins").click()
    page.get_by_role("link", name=THIRD).click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("at least one of the questions")
    page.get_by_role("radio", name="rather not say").first.check()
    for question in questions(page)[1:]:
        question.get_by_role("radio", name="4").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    page.get_by_role("link", name="My suggestions").click()

    expect(page.get_by_text("all that you rated yourself")).to_be_visible()
    page.get_by_text("Why this suggestion").first.click()
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Look as Cleo")).to_be_visible()


def test_a_check_in_needs_only_the_keyboard(new_page, clinic):
    page = new_page(CLEO)
    third = Session.objects.get(episode__client__user__email=CLEO, number=3)
    page.goto(f"/check-ins/{third.pk}/")

    def tab_until(matches):
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches('{matches}')"):
                return
        pytest.fail(f"no Tab leads to {matches}")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    for k in range(1, 7):
        tab_until(f"[name=item_{k}]")
        page.keyboard.press("Space")
        for _ in range(k):
            page.keyboard.press("ArrowRight")
    tab_until("[name=bond]")
    page.keyboard.press("Space")
    tab_until("[name=comment]")
    page.keyboard.type("Typed, not clicked.")
    tab_until("button.primary")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    response = third.responses.get()
    assert response.answers == {f"item_{k}": k for k in range(1, 7)}
    assert (response.bond, response.comment) == ("yes", "Typed, not clicked.")


def test_a_card_says_how_likely_how_sure_and_why(new_page):
    page = new_page(CLEO)
    page.goto("/suggestions/")

    cards = page.locator("article.suggestion")
    assert 3 <= cards.count() <= 5
    for card in cards.all():
        expect(card.get_by_role("heading")).to_be_visible()
        expect(card.get_by_role("img", name="8 times in 10 between").first).to_be_visible()
        assert card.locator(".pushes li").count() >= 1
        assert "%" not in card.inner_text()
    expect(cards.first).to_contain_text(re.compile("clients rated a third session|New here"))


def test_nobody_whom_a_client_knows_is_suggested(new_page):
    page = new_page(CLEO)
    page.goto("/suggestions/?all=1")

    assert page.locator("article.suggestion").count() > 5
    expect(page.get_by_role("heading", name="Pavel Novák")).to_have_count(0)


def test_the_list_does_not_jump_while_it_is_read(new_page, clinic):
    page = new_page(CLEO)
    page.clock.install()
    page.goto("/suggestions/")
    before = page.locator("article.suggestion h2").all_inner_texts()
    other = new_page(CLEO)
    third = Session.objects.get(episode__client__user__email=CLEO, number=3)
    other.goto(f"/check-ins/{third.pk}/")
    for question in questions(other):
        question.get_by_role("radio", name="0", exact=True).check()
    other.get_by_role("button", name="Send").click()
    expect(other.get_by_role("heading", name="Thank you")).to_be_visible()
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)

    with page.expect_response(lambda response: "shown=" in response.url):
        page.clock.fast_forward(16_000)

    news = page.locator("#published-note")
    expect(news).to_contain_text(re.compile("New ratings changed your estimates|moved up"))
    assert page.locator("article.suggestion h2").all_inner_texts() == before
    news.get_by_role("link", name="show").click()
    expect(page.get_by_text("all that you rated yourself")).to_be_visible()


PRESSED_TWICE = """() => {
    const refused = [];
    window.addEventListener("submit", (event) => {
        refused.push(event.defaultPrevented);
        event.preventDefault();
    });
    const form = document.querySelector("form.check-in");
    form.requestSubmit();
    form.requestSubmit();
    return refused;
}"""


def test_a_form_is_sent_once_however_often_its_button_is_pressed(new_page):
    page = new_page(CLEO)
    first = Session.objects.get(episode__client__user__email=CLEO, number=1)
    page.goto(f"/check-ins/{first.pk}/")

    assert page.evaluate(PRESSED_TWICE) == [False, True]
