"""From a logged session to the mail, to the answer by its link and its change; and a tablet, handed over."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import expect

from alliance_match.accounts.models import Clinic, User
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import RescoreRun
from alliance_match.matching.services import pending_rescores_process
from clients.models import Client, Episode, Session
from surveys.models import AllianceRating, Invitation
from surveys.tasks import invitations_sweep
from tests.browser.test_every_page import hurdles
from tests.cast import make_client

pytestmark = pytest.mark.browser
MARA = "mara@demo.invalid"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LINK = re.compile(r"https?://[^/]+(/c/[^/]+/)\n")


@pytest.fixture
def kim(clinic):
    """Kim, in care with Mara since three weeks ago: two sessions, an address, every consent."""
    user = User.objects.create_user("kim@demo.invalid")
    kim = make_client(clinic, "Kim (made up)", code="kim", user=user, status="in_care")
    began = timezone.localdate() - timedelta(days=21)
    mara = clinic.therapists.get(user__email=MARA)
    care = Episode.objects.create(clinic=clinic, client=kim, therapist=mara, started_on=began)
    for number in (1, 2):
        held_on = began + timedelta(days=7 * (number - 1))
        Session.objects.create(
            clinic=clinic, episode=care, code=f"kim-{number}", number=number, held_on=held_on
        )
    yield kim
    for rating in AllianceRating.objects.filter(session__episode=care):
        AllianceRating.objects.filter(pk=rating.pk).update(withdrawn_at=timezone.now())
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    Client.objects.filter(pk=kim.pk).delete()
    user.delete()


def log_todays_session(page):
    page.goto("/sessions/")
    page.get_by_role("button", name="Log today’s session with Kim (made up)").click()
    expect(page.get_by_text("Logged: session 3")).to_be_visible()


def an_hour_later_by_day(clinic):
    """Let an hour pass since sessions were logged, at a clinic that never sleeps, and the worker sweep."""
    Session.objects.filter(logged_by__isnull=False).update(logged_at=timezone.now() - timedelta(hours=1))
    Clinic.objects.filter(pk=clinic.pk).update(quiet_from="00:00", quiet_until="00:00")
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        invitations_sweep()
    return [one for one in mail.outbox if one.to == ["kim@demo.invalid"]]


def answer(page, value):
    expect(page.locator("fieldset.scale")).to_have_count(6)
    for question in page.locator("fieldset.scale").all():
        question.get_by_role("radio", name=str(value), exact=True).tap()


def test_from_a_logged_session_to_an_answer_that_is_changed(new_page, clinic, kim):
    log_todays_session(new_page(MARA))
    [sent] = an_hour_later_by_day(clinic)
    assert an_hour_later_by_day(clinic) == []
    phone = new_page(**PHONE)

    phone.goto(LINK.search(sent.body)[1])
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert "Kim" not in phone.content()
    answer(phone, 9)
    phone.get_by_role("radio", name="it is forming").tap()
    phone.get_by_role("button", name="Send").tap()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    rating = AllianceRating.objects.get(session__episode__client=kim)
    assert rating.total == 90
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    before = RescoreRun.objects.in_clinic(clinic).filter(ratings__gt=0).count()

    phone.get_by_role("link", name="Change them").tap()
    answer(phone, 4)
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()

    rating.refresh_from_db()
    assert (rating.total, rating.response.bond) == (40, "forming")
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    assert RescoreRun.objects.in_clinic(clinic).filter(ratings__gt=0).count() == before + 1


def test_how_often_is_one_tap_from_the_mails_page(new_page, clinic, kim):
    log_todays_session(new_page(MARA))
    [sent] = an_hour_later_by_day(clinic)
    phone = new_page(**PHONE, java_script_enabled=False)

    phone.goto(LINK.search(sent.body)[1])
    phone.get_by_role("link", name="How often we ask").tap()
    phone.get_by_text("Never", exact=True).tap()
    phone.get_by_role("button", name="Save").tap()

    expect(phone.get_by_role("status")).to_contain_text("Saved")
    assert kim.cadence.frequency == "never"


def test_a_tablet_is_handed_over_and_leads_nowhere_else(new_page, clinic, kim):
    tablet = new_page(MARA)
    log_todays_session(tablet)
    tablet.get_by_role("button", name="Ask on this tablet").click()
    expect(tablet.get_by_role("heading", name="Please hand the tablet over")).to_be_visible()
    tablet.get_by_role("link", name="begin").click()
    expect(tablet.locator("fieldset.scale")).to_have_count(6)
    for question in tablet.locator("fieldset.scale").all():
        question.get_by_role("radio", name="7").check()
    tablet.get_by_role("button", name="Send").click()
    expect(tablet.get_by_text("Please hand the tablet back")).to_be_visible()

    assert AllianceRating.objects.get(session__episode__client=kim).total == 70
    for _ in range(5):
        tablet.go_back()
        assert "Kim" not in tablet.content()
    tablet.goto("/sessions/")
    expect(tablet).to_have_url(re.compile("/account/login/"))


def test_the_pages_without_a_log_in_are_open_to_everybody(new_page, clinic, kim):
    page = new_page(MARA)
    log_todays_session(page)
    [sent] = an_hour_later_by_day(clinic)
    path = LINK.search(sent.body)[1]
    visitor = new_page()

    found = {}
    for tail in ("", "how-often/"):
        visitor.goto(path + tail)
        found[tail] = hurdles(visitor)
    visitor.goto("/c/not-ours.x/")
    found["forged"] = hurdles(visitor)
    page.get_by_role("button", name="Ask on this tablet").click()
    expect(page.get_by_role("heading", name="Please hand the tablet over")).to_be_visible()
    found["kiosk"] = hurdles(page)
    Invitation.objects.filter(session__episode__client=kim).update(
        sent_at=timezone.now() - timedelta(days=15)
    )
    visitor.goto(path)
    found["ended"] = hurdles(visitor)
    assert not any(found.values()), found
