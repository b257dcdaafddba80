"""A therapist is mailed, soon and once, that a client shared something that asks for something."""

from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts import mail
from alliance_match.audit.actors import SystemActor
from clients.services import consents_choose
from surveys.bond_alerts import bond_alerts
from surveys.models import BondAlertNotice, Response
from surveys.services import bond_alert_close, note_send
from surveys.tasks import bond_alerts_notify
from tests import cast
from therapists.models import Therapist

SHARED = {"shared_with_therapist": True}


@pytest.fixture
def care(cleo, mara):
    """Cleo's care with Mara."""
    return cast.make_episode(cleo, mara)


@pytest.fixture
def sessions(care):
    """Its three sessions."""
    return list(care.sessions.all())


@pytest.fixture
def told(mailoutbox):
    """A function that lets the worker look, and returns who got a mail."""

    def told():
        mailoutbox.clear()
        bond_alerts_notify()
        return [to.split("@")[0] for one in mailoutbox for to in one.to]

    return told


def test_a_wish_to_talk_is_told_once(sessions, told):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    assert told() == ["mara"]
    assert told() == []


def test_a_shared_low_check_in_is_told(sessions, told):
    cast.make_check_in(sessions[2], 1, **SHARED)
    assert told() == ["mara"]


def test_words_that_were_sent_are_told(care, told):
    note_send(episode=care, text="Hello", by=SystemActor.COMMAND)
    assert told() == ["mara"]
    assert told() == []


def test_one_mail_tells_of_all(sessions, care, told):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    note_send(episode=care, text="Hello", by=SystemActor.COMMAND)
    assert told() == ["mara"]
    assert BondAlertNotice.objects.count() == 2


def test_what_is_not_shared_is_told_to_nobody(sessions, told):
    cast.make_check_in(sessions[2], 1, bond="not_yet", comment="hard", comment_reader="nobody")
    assert told() == []


def test_what_is_shared_and_fine_is_no_news(sessions, told):
    cast.make_check_in(sessions[2], 9, **SHARED)
    assert told() == []


def test_a_wish_to_talk_that_joins_a_low_check_in_is_told_anew(sessions, told):
    cast.make_check_in(sessions[2], 1, **SHARED)
    assert told() == ["mara"]
    Response.objects.update(wants_to_talk=True)
    assert told() == ["mara"]


def test_nothing_is_told_once_the_client_withdraws_the_consent(sessions, cleo, told):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    consents_choose(client=cleo, purposes={"care"}, by=cleo.user)
    assert told() == []


def test_what_a_therapist_closed_already_is_no_news(sessions, mara, told):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    bond_alert_close(alert=bond_alerts(mara)[0], kind="talked", by=mara.user)
    assert told() == []


def test_what_is_older_than_a_month_is_no_news(sessions, told):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    Response.objects.update(submitted_at=timezone.now() - timedelta(days=31))
    assert told() == []


def test_who_cannot_log_in_is_not_mailed(sessions, mara, told):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    Therapist.objects.filter(pk=mara.pk).update(user=None)
    assert told() == []


def test_whom_no_mail_reached_is_mailed_again(sessions, told, monkeypatch):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)

    def refuse(*args):
        raise SMTPException

    with monkeypatch.context() as broken:
        broken.setattr(mail, "send_mail", refuse)
        assert told() == []
    assert not BondAlertNotice.objects.exists()
    assert told() == ["mara"]


def test_the_mail_names_nobody_and_no_matter(sessions, told, mailoutbox):
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    told()
    text = mailoutbox[0].subject + mailoutbox[0].body
    assert mailoutbox[0].subject == "News for you"
    assert not [word for word in ("Cleo", "alliance", "talk", "low") if word in text.replace("/alerts/", "")]


def test_the_navigation_says_how_many_wait(sessions, as_therapist, mara, wim):
    def counts():
        body = as_therapist.get(reverse("my_alliance")).content.decode()
        return body.count('class="count"'), body.count(": 1 waits")

    assert counts() == (0, 0)
    cast.make_check_in(sessions[0], 9, wants_to_talk=True)
    assert counts() == (1, 1)
    cast.make_introduction(wim, mara)
    assert counts() == (2, 2)
    bond_alert_close(alert=bond_alerts(mara)[0], kind="talked", by=mara.user)
    assert counts() == (1, 1)
