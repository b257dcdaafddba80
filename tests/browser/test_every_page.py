"""Every page, light and dark, on a desk and on a small phone: open to everybody, no wider than the screen.

In German no English is left on it.
"""

from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from clients.models import Introduction, Session
from tests.browser import german
from tests.browser.conftest import DESKTOP
from tests.cast import make_check_in
from therapists.links import accepting_token
from therapists.models import Therapist

pytestmark = pytest.mark.browser
CLEO, MARA, ASHA = "cleo@demo.invalid", "mara@demo.invalid", "asha@demo.invalid"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A dark page differs from a light one in its colours alone (static/css/tokens.css), which two rules look at.
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
AXE = Axe().axe_script  # half a megabyte, so it is given to a page once
LOOKS = [("light", 1180), ("dark", 1180), ("light", 320), ("dark", 320)]
DRAWN = """async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const passing = (one) => one.effect.getComputedTiming().endTime < Infinity;
    document.getAnimations().filter(passing).forEach((one) => one.finish());
}"""
RUN_AXE = "(rules) => axe.run({ runOnly: rules, resultTypes: ['violations'] })"
PAGES = {
    "home": (None, "/"),
    "log-in": (None, "/account/login/"),
    "reset": (None, "/account/password/reset/"),
    "reset sent": (None, "/account/password/reset/done/"),
    "link too old": (None, "/account/password/reset/key/a-nothing/"),
    "not here": (None, "/nothing/"),
    "sign up": (None, "/join/demo/"),
    "look into your mail": (None, "/join/demo/sent/"),
    "how matching works": (None, "/how-matching-works/"),
    "matching at a clinic": (None, "/how-matching-works/demo/"),
    "matching at one's own clinic": (CLEO, "/how-matching-works/demo/"),
    "suggestions": (CLEO, "/suggestions/"),
    "browse": (CLEO, "/browse/?sort=soonest"),
    "browse, nobody": (CLEO, "/browse/?fee=1"),
    "browse, no amount": (CLEO, "/browse/?fee=much&page=99"),
    "favourites": (CLEO, "/favourites/"),
    "therapist": (CLEO, "/therapists/{mara}/"),
    "ask to meet": (CLEO, "/therapists/{mara}/ask/"),
    "introductions, none": (CLEO, "/introductions/"),
    "my answers": (CLEO, "/intake/"),
    "time zone": (CLEO, "/time-zone/"),
    "my data": (CLEO, "/my-data/"),
    "consents": (CLEO, "/consents/"),
    "consent to care, taken back": (CLEO, "/consents/care/withdraw/"),
    "intake, practical": (CLEO, "/intake/practical/"),
    "intake, what brings you": (CLEO, "/intake/concerns/"),
    "intake, style": (CLEO, "/intake/style/"),
    "intake, before": (CLEO, "/intake/before/"),
    "my care": (CLEO, "/care/"),
    "is it the right person": (CLEO, "/care/{episode}/bond/"),
    "talk about it": (CLEO, "/care/{episode}/bond/talk/"),
    "see others": (CLEO, "/care/{episode}/bond/others/"),
    "end this care": (CLEO, "/care/{episode}/end/"),
    "alerts": (MARA, "/alerts/"),
    "caseload": (MARA, "/caseload/"),
    "caseload, everybody": (ASHA, "/caseload/"),
    "check-ins": (CLEO, "/check-ins/"),
    "check-in": (CLEO, "/check-ins/{third}/"),
    "how often": (CLEO, "/check-ins/how-often/"),
    "sessions": (MARA, "/sessions/"),
    "sessions of one client": (MARA, "/sessions/{care}/"),
    "calendar": (MARA, "/sessions/calendar/"),
    "sessions of others": (ASHA, "/sessions/"),
    "comments, none": (ASHA, "/comments/"),
    "how clients are asked": (ASHA, "/asking/"),
    "how you have been": (CLEO, "/how-you-have-been/"),
    "how you have been, mood": (CLEO, "/how-you-have-been/mood/"),
    "how you have been, worry": (CLEO, "/how-you-have-been/worry/"),
    "my alliance": (MARA, "/my-alliance/"),
    "requests": (MARA, "/requests/"),
    "request": (MARA, "/requests/{request}/"),
    "requests, none": (ASHA, "/requests/"),
    "risk alerts, none": (MARA, "/care-alerts/"),
    "care in crisis": (ASHA, "/care-in-crisis/"),
    "somebody now": (CLEO, "/somebody-now/"),
    "somebody now, before the log-in": (None, "/somebody-now/"),
    "roster": (ASHA, "/roster/"),
    "nobody found": (ASHA, "/roster/?q=nobody"),
    "clients": (ASHA, "/clients/"),
    "instruments": (ASHA, "/instruments/"),
    "bring an instrument": (ASHA, "/instruments/new/"),
    "re-scoring": (ASHA, "/rescoring/"),
    "clinic": (ASHA, "/clinic/"),
    "who runs the clinic": (ASHA, "/clinic/admins/"),
    "somebody's log-in": (ASHA, "/roster/{mara}/invite/"),
    "still accepting": (None, "/accepting/{token}/"),
    "the demo's mail": (None, "/demo/mail/"),
    "e-mail": (ASHA, "/account/email/"),
    "set a password": (ASHA, "/account/password/set/"),
    "log-out": (ASHA, "/account/logout/"),
}


def third_session():
    return Session.objects.get(episode__client__user__email=CLEO, number=3)


def therapist_of(email):
    return Therapist.objects.get(user__email=email)


def at(address):
    """An address with the keys of the demo's rows filled in."""
    mara, third = therapist_of(MARA), third_session()
    keys = {"third": third.pk, "episode": third.episode_id, "mara": mara.pk}
    keys |= {"token": accepting_token(mara)}
    keys |= {"care": mara.episodes.open().first().pk, "request": Introduction.objects.get(therapist=mara).pk}
    return address.format(**keys)


def hurdles(page):
    """What axe finds serious or critical, in all four looks, and where the page is wider than the screen."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE)
    found = set()
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(DRAWN)
        rules = RULES_OF_COLOUR if theme == "dark" else RULES
        for one in page.evaluate(RUN_AXE, rules)["violations"]:
            if one["impact"] in {"serious", "critical"}:
                found |= {f"{theme} {width}: {one['id']} at {node['target'][0]}" for node in one["nodes"]}
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.add(f"{theme} {width}: scrolls sideways")
    return sorted(found)


@pytest.fixture(scope="module")
def peoples_words(site):
    """What people of the clinic wrote, or are called."""
    return german.peoples_words()


@pytest.fixture(scope="module", params=PAGES)
def shown(request, show):
    """A page in English, opened once for all that is asked of it, and a function that shows it in German."""
    who, address = PAGES[request.param]
    with show(who, at(address)) as in_language:
        yield in_language("en"), partial(in_language, "de")


def test_a_page_is_open_to_everybody(shown):
    page, _ = shown

    expect(page.locator("h1")).to_have_count(1)
    assert hurdles(page) == []


def test_a_page_speaks_german_and_fits_a_small_phone(shown, peoples_words):
    english, in_german = shown
    english.set_viewport_size(DESKTOP)
    page = in_german()

    alike = set(english.evaluate(german.TEXTS)) & set(page.evaluate(german.TEXTS))

    assert sorted(german.left_over(alike, peoples_words)) == []
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_refused_check_in_is_open_to_everybody(new_page):
    page = new_page(CLEO)
    page.goto(f"/check-ins/{third_session().pk}/")

    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("alert")).to_be_focused()
    assert hurdles(page) == []


def test_a_refused_log_in_is_open_to_everybody(new_page):
    page = new_page()
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill("nobody@demo.invalid")
    page.get_by_label("Password").fill("wrong")

    page.locator("main form button.primary").click()

    expect(page.get_by_role("alert")).to_be_focused()
    assert hurdles(page) == []


def test_the_thanks_and_ones_own_course_are_open_to_everybody(new_page, clinic):
    for number, answer in ((1, 6), (2, 8)):
        make_check_in(Session.objects.get(episode__client__user__email=CLEO, number=number), answer)
    page = new_page(CLEO)

    for address in (f"/check-ins/{third_session().episode.sessions.get(number=1).pk}/done/", "/check-ins/"):
        page.goto(address)
        assert hurdles(page) == []


def test_whoever_asks_for_english_again_gets_it(new_page, site):
    page = new_page()
    page.context.add_cookies([{"name": "django_language", "value": "de", "url": site}])
    page.goto("/")

    page.get_by_role("button", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
