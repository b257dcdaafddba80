"""Filters, favourites and putting aside, as a person does it."""

import re

import pytest
from playwright.sync_api import expect

from clients.models import Mark

pytestmark = pytest.mark.browser
CLEO = "cleo@demo.invalid"


@pytest.fixture(autouse=True)
def _unmarked():
    """Cleo has no marks before, and none after."""
    yield
    Mark.objects.all().delete()


def people(page):
    return page.locator("ol.suggestions > li")


def test_a_filter_works_at_once_and_a_chip_takes_it_back(new_page):
    page = new_page(CLEO)
    page.goto("/browse/?sort=suggested")
    everybody = people(page).count()
    page.locator("#filters > summary").click()
    page.get_by_label(re.compile(r"^\s*woman")).check()
    expect(page).to_have_url(re.compile("gender=woman"))
    expect(people(page)).not_to_have_count(everybody)
    expect(page.get_by_label(re.compile(r"^\s*woman"))).to_be_visible()
    page.get_by_role("link", name=re.compile("woman.*remove")).click()
    expect(people(page)).to_have_count(everybody)
    page.go_back()
    expect(people(page)).not_to_have_count(everybody)


def test_without_javascript_the_filters_are_a_form(new_page):
    page = new_page(CLEO, java_script_enabled=False)
    page.goto("/browse/?sort=suggested")
    everybody = people(page).count()
    page.locator("#filters > summary").click()
    page.get_by_label("Fee for a session at most").fill("70")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("fee=70"))
    page.wait_for_load_state()
    assert 0 < people(page).count() < everybody


def test_where_nobody_is_left_the_page_offers_a_way_out(new_page):
    page = new_page(CLEO)
    page.goto("/browse/?language=ja&fee=1")
    expect(page.get_by_role("heading", name="Nobody meets all of this")).to_be_visible()
    page.get_by_role("link", name=re.compile("Leave out “at most 1 a session”")).click()
    expect(people(page)).to_have_count(1)


@pytest.mark.parametrize("javascript", [True, False])
def test_favourites_stand_side_by_side(new_page, javascript):
    page = new_page(CLEO, java_script_enabled=javascript)
    page.goto("/browse/?sort=suggested")
    names = [people(page).nth(k).get_by_role("heading").inner_text() for k in range(2)]
    for name in names:
        page.get_by_role("article", name=name).get_by_role("button", name="Add to favourites").click()
        expect(
            page.get_by_role("article", name=name).get_by_role("button", name="A favourite")
        ).to_be_visible()
    page.goto("/favourites/")
    for name in names:
        expect(page.get_by_role("article", name=name)).to_be_visible()


def test_whom_one_puts_aside_is_gone_and_comes_back_with_one_press(new_page):
    page = new_page(CLEO)
    page.goto("/suggestions/")
    name = people(page).first.get_by_role("heading").inner_text()
    page.get_by_role("article", name=name).get_by_role("button", name="Not for me").click()
    expect(page.get_by_role("article", name=name)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("article", name=name)).to_be_visible()
