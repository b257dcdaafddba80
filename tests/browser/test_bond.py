"""From a weak check-in through each of the three options, on a phone and by the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import PendingRescore
from alliance_match.matching.services import pending_rescores_process
from clients.models import Client, Episode, EpisodeEnding, Introduction, Switch
from surveys.models import BondAlertOutcome, Note, Recheck
from tests.browser.test_every_page import hurdles
from therapists.models import Therapist

pytestmark = pytest.mark.browser
CLEO, MARA, PAVEL = "cleo@demo.invalid", "mara@demo.invalid", "pavel@demo.invalid"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def care(clinic):
    """Cleo's care with Pavel, untouched before and after; Cleo looks for nobody else."""
    cleo = Client.objects.get(user__email=CLEO)
    pavel = Therapist.objects.in_clinic(clinic).get(user__email=PAVEL)
    Client.objects.filter(pk=cleo.pk).update(status="in_care")
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    yield cleo.episodes.get(therapist=pavel)
    for model in (BondAlertOutcome, Note, Recheck, Switch, EpisodeEnding):
        model.objects.all().delete()
    Introduction.objects.filter(client=cleo).delete()
    Episode.objects.filter(client=cleo, sessions=None).delete()
    Episode.objects.filter(client=cleo).update(ended_on=None, ending="")
    Client.objects.filter(pk=cleo.pk).update(status="searching")
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)


def check_in_low(page, care):
    """Session three, answered low; its thanks lead to the three options."""
    page.goto(f"/check-ins/{care.sessions.get(number=3).pk}/")
    for row in page.locator(".scale").all():
        row.get_by_label("3", exact=True).check(force=True)
    page.get_by_label("not yet").check(force=True)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Look at the three ways").click()
    expect(page.get_by_role("heading", name="Is it the right person?")).to_be_visible()
    return page.locator(".options .option")


def test_words_are_sent_read_and_talked_about(new_page, care):
    page = new_page(CLEO, viewport=PHONE)
    options = check_in_low(page, care)
    expect(options).to_have_count(3)
    boxes = [option.bounding_box() for option in options.all()]
    assert len({(round(box["width"]), round(box["height"])) for box in boxes}) == 1
    options.filter(has_text="Talk about it").click()
    page.get_by_role("button", name="I’d like a plan").click()
    words = page.get_by_label("Your words")
    words.fill(f"{words.input_value()} That would help me.")
    page.get_by_role("button", name="Send to Pavel").click()
    expect(page.get_by_text("finds your words at the next log-in")).to_be_visible()
    assert hurdles(page) == []

    therapist = new_page(PAVEL, viewport=PHONE)
    therapist.goto("/my-alliance/")
    therapist.get_by_role("link", name=re.compile(r"^Alerts ?: \d waits?$")).click()
    expect(therapist.get_by_text("That would help me.")).to_be_visible()
    expect(therapist.get_by_text("of 100")).to_have_count(0)
    assert hurdles(therapist) == []
    therapist.get_by_role("button", name="We talked about it").click()
    expect(therapist.get_by_text("Nothing waits for you here")).to_be_visible()
    assert hurdles(therapist) == []

    page.get_by_role("button", name="Take it back").click()
    therapist.reload()
    expect(therapist.get_by_text("Closed lately")).to_have_count(0)


def test_one_more_session_is_given_by_keyboard_alone(new_page, care):
    page = new_page(CLEO, viewport=PHONE)
    page.goto("/care/")
    page.get_by_role("link", name="Is it the right person?").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".options")).to_be_visible()
    page.get_by_role("link", name=re.compile("Talk about it")).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=re.compile("One more session"))).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text("After your next session we ask how it was.", exact=True)).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("button", name=re.compile("Don’t ask again"))).to_be_visible()
    assert Recheck.objects.wanted(care).count() == 1
    assert hurdles(page) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_others_are_seen_without_the_pair_and_the_care_ends_when_one_agrees(
    new_page, care, clinic, javascript
):
    page = new_page(CLEO, viewport=PHONE, java_script_enabled=javascript)
    page.goto("/suggestions/")
    expect(page.locator("article.suggestion")).to_have_count(0)
    page.goto(f"/care/{care.pk}/bond/")
    page.get_by_role("link", name=re.compile("See others")).click()
    page.get_by_label("When somebody else has agreed").check()
    page.get_by_label("let Pavel Novák know kindly").check()
    page.get_by_role("button", name="See others").click()
    expect(page.get_by_text("looking for somebody else than Pavel")).to_be_visible()
    if PendingRescore.objects.in_clinic(clinic).exists():  # no worker runs beside this web server
        pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    page.goto("/suggestions/?all=1")
    expect(page.locator("article.suggestion").first).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Pavel"))).to_have_count(0)

    mara = page.locator("article.suggestion").filter(has_text="Mara")
    mara.get_by_role("link", name="Ask to meet").click()
    page.get_by_role("group", name=re.compile("Which of these hours")).get_by_role("checkbox").first.check()
    page.get_by_label("Show how I like to work").check()
    page.get_by_role("button", name="Send").click()
    page.goto("/care/")
    expect(page.get_by_role("heading", name="Pavel Novák")).to_be_visible()

    other = new_page(MARA)
    other.goto("/requests/")
    other.get_by_role("link", name=re.compile("Answer Cleo")).click()
    expect(other.get_by_text("follow a clear plan").first).to_be_visible()
    other.get_by_role("group", name="When will you meet?").get_by_role("radio").first.check()
    other.get_by_role("button", name="Agree").click()
    expect(other.get_by_role("heading", name="Requests for a first meeting")).to_be_visible()

    before = new_page(PAVEL)
    before.goto("/alerts/")
    expect(before.get_by_text("has decided to continue with someone else")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("the care goes on")).to_be_visible()
    before.reload()
    expect(before.get_by_text("has decided to continue")).to_have_count(0)


def test_care_ends_with_one_press(new_page, care):
    page = new_page(CLEO, viewport=PHONE)
    page.goto("/care/")
    page.get_by_role("link", name="End this care").click()
    assert hurdles(page) == []
    page.get_by_role("button", name="I would rather not say").click()

    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert hurdles(page) == []
