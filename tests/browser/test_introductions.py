"""From a suggestion to an agreed first meeting, as the client and the therapist live it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import expect

from alliance_match.audit.actors import SystemActor
from clients.models import Client, Episode, Introduction, Mark
from clients.services import introduction_accept
from tests.browser.test_every_page import hurdles
from tests.cast import make_meeting
from therapists.available_hours import Hour
from therapists.models import Therapist

pytestmark = pytest.mark.browser
CLEO, MARA = "cleo@demo.invalid", "mara@demo.invalid"


@pytest.fixture(autouse=True)
def _unasked(site):
    """Cleo has asked nobody before, and nobody after."""
    yield
    cleo = Client.objects.get(user__email=CLEO)
    Introduction.objects.filter(client=cleo).delete()
    Mark.objects.filter(client=cleo).delete()
    Episode.objects.filter(client=cleo, sessions=None).delete()


def ask_mara(page):
    page.goto("/suggestions/?all=1")
    card = page.locator("article.suggestion").filter(has_text="Mara")
    card.get_by_role("link", name="Ask to meet").click()
    expect(page.get_by_role("heading", name=re.compile("Ask to meet Mara"))).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_hour_is_asked_for_agreed_on_and_put_into_a_calendar(new_page, javascript):
    client = new_page(CLEO, java_script_enabled=javascript)
    ask_mara(client)
    hours = client.get_by_role("group", name=re.compile("Which of these hours")).get_by_role("checkbox")
    hours.nth(0).check()
    hours.nth(2).check()
    client.get_by_label(re.compile("A note")).fill("Mornings are easier for me.")
    client.get_by_role("button", name="Send").click()
    expect(client.get_by_role("heading", name="Introductions")).to_be_visible()
    expect(client.get_by_text("An answer comes by")).to_be_visible()

    therapist = new_page(MARA, java_script_enabled=javascript)
    therapist.goto("/my-alliance/")
    therapist.get_by_role("link", name="Requests").click()
    therapist.get_by_role("link", name=re.compile("Answer Cleo")).click()
    expect(therapist.get_by_text("Mornings are easier for me.")).to_be_visible()
    if javascript:
        therapist.wait_for_load_state("networkidle")
        client.reload()
        expect(client.get_by_text("Read", exact=True)).to_be_visible()
    therapist.get_by_role("group", name="When will you meet?").get_by_role("radio").first.check()
    therapist.get_by_role("button", name="Agree").click()
    expect(therapist.get_by_role("heading", name="Requests for a first meeting")).to_be_visible()

    client.reload()
    with client.expect_download() as waiting:
        client.get_by_role("link", name="Put it into your calendar").click()
    (event,) = Calendar.from_ical(waiting.value.path().read_bytes()).walk("VEVENT")
    assert event.start == Introduction.objects.get(client__user__email=CLEO).starts_at
    if javascript:  # without it the page cannot be measured either
        assert hurdles(client) == []
    client.goto("/suggestions/?all=1")
    expect(client.get_by_role("heading", name=re.compile("Mara"))).to_have_count(0)


def tab_to(page, target):
    """Press Tab until this has the focus."""
    for _press in range(200):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached by the keyboard")


def press(page, target, key="Enter"):
    tab_to(page, target)
    page.keyboard.press(key)


def test_somebody_is_found_compared_asked_and_met_by_keyboard_alone(new_page):
    page = new_page(CLEO)
    page.goto("/suggestions/")
    press(page, page.get_by_role("link", name="Browse", exact=True))
    press(page, page.locator("#filters > summary"))
    press(page, page.get_by_label(re.compile(r"^\s*woman")), "Space")
    expect(page).to_have_url(re.compile("gender=woman"))
    mara = page.get_by_role("article", name=re.compile("Mara"))
    press(page, mara.get_by_role("button", name="Add to favourites"))
    press(page, page.get_by_role("link", name="Your favourite"))
    press(page, mara.get_by_role("link", name="Ask to meet"))
    hours = page.get_by_role("group", name=re.compile("Which of these hours"))
    press(page, hours.get_by_role("checkbox").first, "Space")
    tab_to(page, page.get_by_label(re.compile("A note")))
    page.keyboard.type("Typed, not clicked.")
    press(page, page.get_by_role("button", name="Send"))
    expect(page.get_by_text("An answer comes by")).to_be_visible()

    asked = Introduction.objects.get(client__user__email=CLEO)
    hour = asked.hours.get()
    introduction_accept(
        introduction=asked, hour=Hour(hour.starts_at, hour.ends_at, hour.format), by=SystemActor.COMMAND
    )
    page.reload()
    tab_to(page, page.get_by_role("link", name="Put it into your calendar"))
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "appointment.ics"


def agree_with_mara(days=5):
    """A meeting of Cleo with Mara at noon, that many days from now."""
    begins = (timezone.localtime() + timedelta(days=days)).replace(hour=12, minute=0, second=0, microsecond=0)
    mara, cleo = Therapist.objects.get(user__email=MARA), Client.objects.get(user__email=CLEO)
    return make_meeting(cleo, mara, Hour(begins, begins + timedelta(minutes=50), "in_person"))


@pytest.mark.parametrize("javascript", [True, False])
def test_an_agreed_meeting_is_moved_and_then_asked_to_move(new_page, javascript):
    agree_with_mara()
    therapist = new_page(MARA, java_script_enabled=javascript)
    therapist.goto("/requests/")
    coming = therapist.get_by_role("region", name="First meetings to come")
    coming.get_by_role("link", name=re.compile("Cleo")).click()
    therapist.get_by_role("link", name="Move it to another hour").click()
    therapist.get_by_text("Write a day and a time").click()
    written = therapist.get_by_role("group", name="The new hour")
    written.get_by_label("Day").fill(f"{timezone.localdate() + timedelta(days=6)}")
    therapist.get_by_role("button", name="Move it").click()
    expect(written.get_by_label("Beginning at")).to_be_visible()
    expect(therapist.locator("ul.errorlist")).to_contain_text("missing")
    if javascript:
        assert hurdles(therapist) == []
    written.get_by_label("Beginning at").fill("15:10")
    therapist.get_by_role("button", name="Move it").click()
    expect(therapist.get_by_text("Moved to another hour")).to_be_visible()

    client = new_page(CLEO, java_script_enabled=javascript)
    client.goto("/introductions/")
    expect(client.get_by_text("15:10–16:00")).to_be_visible()
    if javascript:
        assert hurdles(client) == []
        client.reload()
    with client.expect_download() as waiting:
        client.get_by_role("link", name="Put it into your calendar").click()
    (event,) = Calendar.from_ical(waiting.value.path().read_bytes()).walk("VEVENT")
    assert event["sequence"] == 1

    client.get_by_text("This hour does not suit you?").click()
    client.get_by_role("link", name="Ask for another hour").click()
    expect(client.get_by_text("calls that off and asks for another hour")).to_be_visible()
    client.get_by_role("checkbox").first.check()
    client.get_by_role("button", name="Send").click()
    expect(client.get_by_text("An answer comes by")).to_be_visible()
    expect(client.get_by_text("You called off the meeting")).to_be_visible()


def test_a_meeting_is_called_off_by_either_side_in_two_tabs(new_page):
    agree_with_mara()
    page = new_page(CLEO)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto("/introductions/")
        tab.get_by_text("This hour does not suit you?").click()
    page.get_by_role("button", name="Call it off").click()
    expect(page.get_by_text("You called off the meeting")).to_be_visible()
    other.get_by_role("button", name="Call it off").click()
    expect(other.get_by_text("This meeting was called off already")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("You called off the meeting")).to_be_visible()

    agree_with_mara(days=8)
    therapist = new_page(MARA)
    therapist.goto("/requests/")
    coming = therapist.get_by_role("region", name="First meetings to come")
    coming.get_by_role("link", name=re.compile("Cleo")).click()
    therapist.get_by_text("It cannot take place?").click()
    assert hurdles(therapist) == []
    therapist.get_by_role("button", name="Call it off").click()
    expect(therapist.get_by_text("The client is told")).to_be_visible()
    expect(coming).to_have_count(0)

    page.goto("/introductions/")
    expect(page.get_by_text("had to be called off")).to_be_visible()
    assert hurdles(page) == []
    page.get_by_role("link", name="Ask again").click()
    expect(page.get_by_role("heading", name=re.compile("Ask to meet Mara"))).to_be_visible()


def test_hours_of_ones_own_are_mended_and_sent(new_page):
    page = new_page(CLEO)
    ask_mara(page)
    page.get_by_text("Name hours of your own").click()
    own = page.get_by_role("group", name="Your hours, 1")
    own.get_by_label("Day").fill(f"{timezone.localdate() + timedelta(days=5)}")
    own.get_by_label("From").fill("14:00")
    own.get_by_label("Until").fill("14:30")
    page.get_by_label(re.compile("A note")).fill("Hello")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label(re.compile("A note"))).to_have_value("Hello")
    expect(own.get_by_text("leave at least that much time")).to_be_visible()
    assert hurdles(page) == []
    own.get_by_label("Until").fill("16:00")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("An answer comes by")).to_be_visible()

    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("You took this back.")).to_be_visible()


def test_a_kind_no_leads_on(new_page):
    page = new_page(CLEO)
    ask_mara(page)
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("An answer comes by")).to_be_visible()
    therapist = new_page(MARA)
    therapist.goto("/requests/")
    therapist.get_by_role("link", name=re.compile("Answer Cleo")).click()
    therapist.get_by_label("no room for somebody new just now").check()
    therapist.get_by_role("button", name="Tell them kindly").click()
    expect(therapist.get_by_role("heading", name="Requests for a first meeting")).to_be_visible()

    page.reload()
    expect(page.get_by_text("That says nothing about you")).to_be_visible()
    assert hurdles(page) == []
    page.get_by_role("link", name="See who else might fit").click()
    expect(page.locator("article.suggestion").first).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Mara"))).to_have_count(0)


def test_a_client_waits_for_one_who_is_full(new_page):
    mara = Therapist.objects.get(user__email=MARA)
    Therapist.objects.filter(pk=mara.pk).update(caseload_cap=0)
    page = new_page(CLEO)
    page.goto(f"/therapists/{mara.pk}/ask/")
    page.get_by_role("button", name="Wait for a place").click()
    expect(page.get_by_role("heading", name="For whom you wait")).to_be_visible()
    assert hurdles(page) == []
    page.get_by_role("button", name="Wait no more").click()
    expect(page.get_by_role("heading", name="You have asked nobody yet")).to_be_visible()
    Therapist.objects.filter(pk=mara.pk).update(caseload_cap=mara.caseload_cap)
