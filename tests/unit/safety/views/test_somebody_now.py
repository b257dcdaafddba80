"""Whom to call, alone on its page; and a tap that asks the clinic to call."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.models import Membership
from alliance_match.audit.actors import SystemActor
from alliance_match.audit.models import AuditEvent
from alliance_match.safety.models import RiskAlert, RiskStep
from alliance_match.safety.services import notices_create, notices_send
from alliance_match.transfer.own_data import own_data
from clients.models import Consent
from surveys.links import kiosk_token, link_token
from surveys.models import Invitation
from surveys.services import invitation_get_or_create
from tests.cast import make_crisis_care, make_risk_alert

PAGE = reverse("somebody_now")
WAY = "I need somebody now"


@pytest.fixture
def care(linden, asha, mara):
    return make_crisis_care(linden, asha, mara.user)


def form_of(page):
    """The hidden fields of the page's form."""
    return dict(re.findall('name="(sheet|next)" value="([^"]*)"', page))


def tap(browser, page=PAGE, **more):
    """Press “Please call me” as it stands there; the page that follows."""
    sent = form_of(browser.get(page).text) | more
    return browser.post(urlsplit(page).path, sent, follow=True)


def test_a_tap_is_stored_before_anybody_is_told_and_says_who_answers_by_when(as_client, cleo, care):
    text = tap(as_client).text

    alert = RiskAlert.objects.get()
    assert (alert.client, alert.instrument, alert.level, alert.urgency) == (cleo, None, None, 3)
    assert alert.due_at - alert.asked_at == timedelta(minutes=30)
    assert "Asha at Linden is told now, and gets in touch with you." in text
    assert "If nobody has read it by" in text
    assert "Please call me</button>" not in text
    assert not mail.outbox
    notices_create(by=SystemActor.WORKER)
    notices_send(by=SystemActor.WORKER)
    assert len(mail.outbox) == 1
    assert AuditEvent.objects.filter(verb="call_request").count() == 1


def test_a_tap_pressed_twice_is_one(as_client, care):
    sent = form_of(as_client.get(PAGE).text)

    answers = [as_client.post(PAGE, sent) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {302}
    assert RiskStep.objects.count() == RiskAlert.objects.count() == 1


@pytest.mark.parametrize(("typed", "kept"), [("0170 1", "0170 1"), ("", ""), ("\x00" + "1" * 90, "1" * 40)])
def test_a_number_may_come_with_it_and_none_is_refused(as_client, care, as_admin, typed, kept):
    text = tap(as_client, number=typed).text

    alert = RiskAlert.objects.get()
    assert alert.call_number == kept
    assert (f"called on {kept}" in text) == bool(kept)
    read = as_admin.get(reverse("care_alert", args=[alert.pk])).text
    assert ("On this number:" in read) == bool(kept)


def test_it_asks_for_no_consent_and_no_intake(as_client, cleo, care):
    Consent.objects.filter(client=cleo).delete()

    tap(as_client)

    assert RiskAlert.objects.get().client == cleo


def test_without_an_owner_those_who_run_the_clinic_are_told_and_it_says_so(as_client, linden, asha):
    assert "Those who run Linden are told now" in tap(as_client).text

    notices_create(by=SystemActor.WORKER)
    assert [one.to for one in RiskAlert.objects.get().notices.all()] == [asha]


def test_where_nobody_can_be_told_nothing_is_promised(as_client, linden):
    Membership.objects.filter(clinic=linden, role="admin").delete()

    page = as_client.get(PAGE).text
    as_client.post(PAGE, {})

    assert "Nobody at Linden can be told from here just now" in page
    assert "Please call me" not in page
    assert not RiskAlert.objects.exists()


def test_a_low_answer_becomes_urgent_by_a_tap_and_stays_what_it_was(as_client, care, cleo, asha):
    alert = make_risk_alert(cleo, 1)
    RiskAlert.objects.update(acknowledged_at=timezone.now(), acknowledged_by=asha)

    tap(as_client)

    alert.refresh_from_db()
    assert (alert.level, alert.answer, alert.urgency, alert.state) == (1, "Several days", 3, "open")


def test_a_tap_after_somebody_is_at_it_changes_no_time(as_client, care, cleo):
    tap(as_client)
    before = RiskAlert.objects.get()

    tap(as_client, sheet="00000000-0000-0000-0000-000000000001")

    after = RiskAlert.objects.get()
    assert (after.due_at, after.rounds, after.steps.count()) == (before.due_at, before.rounds, 2)


def test_an_answer_after_a_tap_is_kept_and_lowers_nothing(as_client, care, cleo):
    tap(as_client)
    due = RiskAlert.objects.get().due_at

    make_risk_alert(cleo, 1)

    alert = RiskAlert.objects.get()
    assert (alert.level, alert.urgency, alert.due_at) == (1, 3, due)


def test_staff_reads_that_a_call_is_asked_for(as_client, as_admin, care):
    tap(as_client)
    alert = RiskAlert.objects.get()

    listed = as_admin.get(reverse("care_alerts")).text
    page = as_admin.get(reverse("care_alert", args=[alert.pk])).text

    assert "Asked to be called" in listed
    assert "The client asks to be called" in page
    assert "What the client answered" not in page
    for step, note in (("acknowledged", ""), ("contacted", ""), ("closed", "We spoke.")):
        alert.refresh_from_db()
        sent = {"step": step, "asked": alert.asked_at.isoformat(), "note": note}
        assert as_admin.post(reverse("care_alert", args=[alert.pk]), sent).status_code == 302
    alert.refresh_from_db()
    assert alert.state == "closed"


def test_after_they_were_in_touch_one_can_ask_again(as_client, care, asha):
    tap(as_client)
    RiskAlert.objects.update(
        acknowledged_at=timezone.now(), acknowledged_by=asha, contacted_at=timezone.now(), contacted_by=asha
    )

    assert "Asha at Linden is told now" in tap(as_client).text
    assert RiskAlert.objects.get().state == "open"


def test_ones_own_data_has_it(as_client, cleo, care):
    tap(as_client, number="0170 1")

    data = own_data(cleo)

    assert data["risk_alerts"][0]["call_number"] == "0170 1"
    assert data["steps_of_risk_alerts"][0]["kind"] == "asked to be called"


@pytest.mark.parametrize("way", ["link", "kiosk"])
def test_by_link_or_tablet_one_can_ask_too_and_reads_nothing_else(client, cleo, third_session, care, way):
    make_risk_alert(cleo, 2)
    invitation = invitation_get_or_create(session=third_session, by=SystemActor.WORKER)
    token = link_token(invitation) if way == "link" else kiosk_token(invitation)
    page = reverse(f"{way}_somebody_now", args=[token])

    before = client.get(page).text
    after = tap(client, page).text

    assert "told now" not in before
    assert "Cleo" not in before + after
    assert "Asha at Linden is told now" in after
    assert RiskAlert.objects.get().call_asked_at
    assert "told now" not in client.get(page).text
    assert AuditEvent.objects.get(verb="call_request").system_actor == way


def test_a_link_that_has_ended_asks_nobody_any_more(client, third_session, care):
    invitation = invitation_get_or_create(session=third_session, by=SystemActor.WORKER)
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=15))
    page = reverse("link_somebody_now", args=[link_token(invitation)])

    client.post(page, {})

    assert 'href="tel:112"' in client.get(page).text
    assert not RiskAlert.objects.exists()


def test_before_the_log_in_there_are_numbers_alone(client, linden, birch):
    page = client.get(PAGE).text

    assert "the emergency number where you are" in page
    assert "Please call me" not in page
    assert 'href="tel:0800000000"' in client.get(reverse("clinic_somebody_now", args=["linden"])).text
    assert client.post(PAGE, {}).status_code == 302


def test_staff_reads_the_same_numbers_and_asks_for_nothing(as_therapist, care):
    page = as_therapist.get(PAGE).text

    assert 'href="tel:112"' in page
    assert "Please call me" not in page


@pytest.mark.parametrize(
    "name", ["suggestions", "intake", "consents", "care", "check_ins", "own_data", "symptoms"]
)
def test_the_way_there_is_on_every_page_of_a_client(as_client, name):
    page = as_client.get(reverse(name), follow=True).text

    assert f'class="somebody-now" href="{PAGE}"' in page


def test_the_way_there_is_on_pages_without_a_log_in(client, third_session):
    token = link_token(invitation_get_or_create(session=third_session, by=SystemActor.WORKER))

    assert f'href="/c/{token}/somebody-now/"' in client.get(reverse("link", args=[token])).text
    assert f'class="somebody-now" href="{PAGE}"' in client.get(reverse("account_login")).text
    assert f'class="somebody-now" href="{PAGE}"' in client.get("/c/forged/").text


def test_the_way_there_is_on_no_page_of_staff_and_not_on_its_own(as_admin, as_client):
    assert WAY not in as_admin.get(reverse("roster")).text
    assert 'class="somebody-now"' not in as_client.get(PAGE).text


@pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_way_on_leads_nowhere_else(as_client, away):
    assert "elsewhere" not in as_client.get(PAGE, {"next": away}).text
    assert "javascript:" not in as_client.get(PAGE, {"next": away}).text
