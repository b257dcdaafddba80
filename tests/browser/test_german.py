"""Every page in German: no English is left on it, and nothing runs out of a small phone."""

import re

import pytest
from playwright.sync_api import expect

from alliance_match.accounts.models import Clinic, User
from clients.models import Client, Introduction
from surveys.models import Instrument, Response
from tests.browser.test_every_page import PAGES, at
from therapists.models import Therapist

pytestmark = pytest.mark.browser
# Alike in both languages. Months are too; "November 2026" stands below a plot.
SAME = ("Alliance Match", "Trauma", "Religion", "Name", "Status", "import_clinic", "UTC", "FHIR", "JSON")
MONTH_AND_YEAR = re.compile(r"^\w+ \d{4}(: \d+\.)?$")
TEXTS = """() => {
    document.querySelectorAll('details').forEach((one) => { one.open = true; });
    const found = new Set([document.title]);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const around = walker.currentNode.parentElement;
        if (around.checkVisibility() && !around.closest('[lang]:not(html)'))
            found.add(walker.currentNode.textContent.trim().replace(/\\s+/g, ' '));
    }
    document.querySelectorAll('[aria-label]').forEach((one) => found.add(one.getAttribute('aria-label')));
    return [...found];
}"""


def strings(value):
    """Every text in a value of JSON."""
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for part in parts for text in strings(part)}


@pytest.fixture(scope="module")
def peoples_words(site):
    """What people of the clinic wrote, or are called: it stays as it is in every language."""
    words = set(SAME) | strings(list(User.objects.values("name", "email")))
    for model in (Clinic, Client, Introduction, Therapist, Instrument, Response):
        words |= strings([dict(row) for row in model.objects.values()])
    words |= {word for one in Therapist.objects.all() for word in (one.name.split()[0], one.initials)}
    return sorted((word for word in words if word), key=len, reverse=True)


def left_over(texts, peoples_words):
    """What still holds a word once people's own words are taken out."""
    for text in texts:
        rest = text
        for word in filter(text.__contains__, peoples_words):
            rest = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "", rest)
        if re.search(r"[^\W\d_]{2}", rest) and not MONTH_AND_YEAR.match(text):
            yield text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_speaks_german_and_fits_a_small_phone(name, tab, peoples_words):
    who, address = PAGES[name]
    english, german = tab(who, "en"), tab(who, "de")

    for page in (english, german):
        page.goto(at(address))

    alike = set(english.evaluate(TEXTS)) & set(german.evaluate(TEXTS))
    assert sorted(left_over(alike, peoples_words)) == []
    german.set_viewport_size({"width": 320, "height": 900})
    assert german.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_whoever_asks_for_english_again_gets_it(new_page, site):
    page = new_page()
    page.context.add_cookies([{"name": "django_language", "value": "de", "url": site}])
    page.goto("/")

    page.get_by_role("button", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
