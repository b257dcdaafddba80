"""Whom to call stands in every mail to a client, and on pages whose reader nobody knows yet."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.invitations import mail_link
from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from clients.services import introduction_decline, introductions_notify
from surveys.models import Invitation
from surveys.services import invitation_get_or_create, invitations_send
from tests.cast import make_clinic, make_introduction

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
TO_STAFF = {"safety/risk_alert_mail.txt", "therapists/still_accepting_mail.txt"}


@pytest.fixture
def linden(linden):
    linden.emergency_number = "112"
    linden.crisis_text = "day and night"
    linden.save()
    return linden


def test_every_mail_has_them_but_those_to_staff():
    texts = {
        path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8") for path in TEMPLATES.rglob("*.txt")
    }
    mails = {name for name, text in texts.items() if "Hello" in text}

    without = {name for name in mails if '{% include "_components/crisis_mail.txt" %}' not in texts[name]}

    assert without == TO_STAFF


def sent():
    """The words of the only mail."""
    (one,) = mail.outbox
    return one.body


def says_whom_to_call(text):
    return "If you need help now: 0800 000 000 · day and night" in text and "at this moment: 112" in text


def test_news_for_a_client(linden, cleo, jonas):
    asked = make_introduction(cleo, jonas)
    introduction_decline(introduction=asked, reason="", by=SystemActor.COMMAND)
    introductions_notify(by=SystemActor.WORKER)
    assert says_whom_to_call(sent())


def test_news_for_a_therapist_is_without(linden, cleo, mara):
    make_introduction(cleo, mara)
    introductions_notify(by=SystemActor.WORKER)
    assert "help now" not in sent()


def test_a_link_to_a_check_in(linden, third_session):
    invitation_get_or_create(session=third_session, by=SystemActor.WORKER)
    Invitation.objects.update(due_at=timezone.now() - timedelta(hours=1))
    Clinic.objects.update(quiet_from="00:00", quiet_until="00:00")
    invitations_send(by=SystemActor.WORKER)
    assert says_whom_to_call(sent())


@pytest.mark.parametrize("in_german", [False, True])
def test_an_invitation(linden, cleo, in_german):
    cleo.user.language = "de" if in_german else "en"
    mail_link(cleo.user, clinic=linden)
    assert "0800 000 000" in sent()
    assert says_whom_to_call(sent()) != in_german


def test_an_invitation_of_staff_is_without(mara):
    mail_link(mara.user, clinic=None)
    assert "help now" not in sent()


def test_the_link_to_sign_up(linden, client):
    Clinic.objects.update(open_to_all=True)
    client.post(reverse("join", args=["linden"]), {"name": "Nora", "email": "nora@example.org"})
    assert says_whom_to_call(sent())


def test_a_new_password(linden, client, cleo):
    client.post(reverse("account_reset_password"), {"email": cleo.user.email})
    assert says_whom_to_call(sent())


def test_a_new_password_of_staff_is_without(linden, client, mara):
    client.post(reverse("account_reset_password"), {"email": mara.user.email})
    assert "help now" not in sent()


def test_an_address_that_nobody_knows(client):
    client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert "call the emergency number where you are" in sent()


def test_the_only_clinic_is_the_one_before_the_log_in(linden, client):
    assert 'href="tel:112"' in client.get(reverse("account_login")).text

    make_clinic("Birch")
    page = client.get(reverse("account_login")).text
    assert "tel:" not in page
    assert "the emergency number where you are" in page
