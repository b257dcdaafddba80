"""What a therapist and an admin see, and how people come in and go."""

import re

import pytest
from playwright.sync_api import expect

from alliance_match.accounts.models import User
from alliance_match.demo.people import ROBINS_COMMENT

pytestmark = pytest.mark.browser
ASHA, MARA = "asha@demo.invalid", "mara@demo.invalid"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def known_password(site):
    """Asha knows a password, which nobody needs for the demo's log-ins."""
    asha = User.objects.get(email=ASHA)
    asha.set_password(PASSWORD)
    asha.save()


def log_in(page, password):
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(ASHA)
    page.get_by_label("Password").fill(password)
    page.locator("main form button.primary").click()


def test_an_admin_searches_the_roster(new_page):
    page = new_page()
    page.goto("/")
    page.get_by_role("button", name="Look as Asha").click()
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()
    assert page.locator("tbody tr").count() == 14

    page.get_by_role("searchbox").fill("ines")
    page.keyboard.press("Enter")

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("rowheader")).to_contain_text("Ines Moreau")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("tbody tr")).to_have_count(14)


def test_an_admin_sees_what_the_suggestions_stand_on(new_page):
    page = new_page(ASHA)
    page.goto("/roster/")

    page.get_by_role("link", name="Re-scoring").click()

    expect(page.get_by_role("heading", name="What the suggestions stand on")).to_be_visible()
    expect(page.locator("dl")).to_contain_text("third-session ratings")


def test_a_therapist_reads_their_own_alliance_and_nobody_elses(new_page):
    page = new_page()
    page.goto("/")

    page.get_by_role("button", name="Look as Mara").click()

    expect(page).to_have_url(re.compile("/my-alliance/$"))
    main = page.locator("main")
    expect(main).to_contain_text("session")
    for colleague in ("Jonas", "Pavel", "Helena"):
        expect(main).not_to_contain_text(colleague)


def test_a_therapist_reads_what_a_client_chose_to_tell(new_page):
    page = new_page(MARA)
    page.goto("/my-alliance/")

    told = page.get_by_role("region", name="What clients chose to tell you")

    expect(told).to_contain_text("Robin (made up)")
    expect(told.locator("blockquote")).to_have_text(ROBINS_COMMENT)


def test_one_changes_the_role_by_the_menu(new_page):
    page = new_page(MARA)
    page.goto("/my-alliance/")

    page.locator("details.who summary").click()
    page.get_by_role("button", name="Look as Cleo").click()

    expect(page).to_have_url(re.compile("/suggestions/$"))


def test_the_menu_closes_with_escape_and_gives_the_focus_back(new_page):
    page = new_page(MARA)
    page.goto("/my-alliance/")
    menu = page.locator("details.who")
    menu.locator("summary").click()

    page.keyboard.press("Escape")

    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_one_logs_in_with_a_password_and_out_again(new_page, known_password):
    page = new_page()
    log_in(page, PASSWORD)
    expect(page.get_by_role("heading", name="Roster")).to_be_visible()

    page.locator("details.who summary").click()
    page.get_by_role("button", name="Log out").click()

    page.goto("/roster/")
    expect(page).to_have_url(re.compile(r"/account/login/\?next=/roster/$"))


def test_after_logging_in_one_is_where_one_wanted_to_be(new_page, known_password):
    page = new_page()
    page.goto("/rescoring/")
    page.get_by_label("E-mail").fill(ASHA)
    page.get_by_label("Password").fill(PASSWORD)

    page.locator("main form button.primary").click()

    expect(page).to_have_url(re.compile("/rescoring/$"))


def test_a_wrong_password_is_told_beside_the_form(new_page, known_password):
    page = new_page()

    log_in(page, "something else")

    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.get_by_label("E-mail")).to_have_value(ASHA)


def test_a_chosen_appearance_stays(new_page):
    page = new_page()
    page.goto("/")

    page.get_by_role("button", name="Dark").click()
    page.goto("/account/login/")

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
