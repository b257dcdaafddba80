"""Mail says that there is news and where, to the side that waits for it; a lost mail is tried again."""

import logging
from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core.mail import send_mail
from django.utils import timezone

from alliance_match.accounts import mail
from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from clients.models import Introduction
from clients.services import (
    introduction_accept,
    introduction_call_off,
    introduction_decline,
    introduction_move,
    introduction_seen,
    introduction_withdraw,
    introductions_notify,
)
from clients.tasks import introductions_sweep
from tests.cast import NOON, make_meeting, make_member
from tests.cast import make_introduction as ask
from therapists.available_hours import Hour


@pytest.fixture
def asked(cleo, mara):
    return ask(cleo, mara, note="I cannot sleep")


@pytest.fixture
def notified(mailoutbox):
    """A function that mails what is due and returns (address, path) of each mail."""

    def notified():
        mailoutbox.clear()
        introductions_notify(by=SystemActor.WORKER)
        return [(to, "requests" if "/requests/" in mail.body else "introductions")
                for mail in mailoutbox for to in mail.to]  # fmt: skip

    return notified


def test_a_therapist_hears_of_a_request_once(asked, notified, mara):
    assert notified() == [(mara.user.email, "requests")]
    assert notified() == []


def test_the_office_hears_for_a_therapist_who_cannot_log_in(cleo, jonas, asha, bruno, notified):
    ask(cleo, jonas)

    assert notified() == [(asha.email, "requests")]


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: introduction_seen(introduction=asked, by=SystemActor.COMMAND),
        lambda asked: introduction_accept(introduction=asked, hour=NOON, by=SystemActor.COMMAND),
        lambda asked: introduction_decline(introduction=asked, reason="no_hour", by=SystemActor.COMMAND),
    ],
    ids=["seen", "accepted", "declined"],
)
def test_the_client_hears_of_each_answer(asked, notified, cleo, answer):
    notified()
    answer(asked)

    assert notified() == [(cleo.user.email, "introductions")]
    assert notified() == []


def test_the_client_hears_that_nobody_answered(asked, cleo, mailoutbox):
    introductions_notify(by=SystemActor.WORKER)
    Introduction.objects.update(expires_at=timezone.now())
    introductions_sweep()

    assert [mail.to for mail in mailoutbox][1:] == [[cleo.user.email]]


def test_the_therapist_is_notified_that_it_was_withdrawn(asked, notified, mara):
    notified()
    introduction_withdraw(introduction=asked, by=SystemActor.COMMAND)

    assert notified() == [(mara.user.email, "requests")]


@pytest.fixture
def agreed(cleo, mara, notified):
    """A meeting of which all were notified."""
    agreed = make_meeting(cleo, mara)
    notified()
    return agreed


def test_the_client_hears_of_each_move(agreed, notified, cleo):
    for days in (1, 2):
        ends = NOON.ends_at + timedelta(days=days)
        introduction_move(
            introduction=agreed,
            hour=Hour(NOON.starts_at + timedelta(days=days), ends),
            by=SystemActor.COMMAND,
        )
        assert notified() == [(cleo.user.email, "introductions")]
        assert notified() == []


def test_the_other_side_hears_that_a_meeting_was_called_off(agreed, notified, cleo, mara):
    introduction_call_off(introduction=agreed, by_client=True, by=SystemActor.COMMAND)
    assert notified() == [(mara.user.email, "requests")]

    again = make_meeting(cleo, mara)
    notified()
    introduction_call_off(introduction=again, by_client=False, by=SystemActor.COMMAND)
    assert notified() == [(cleo.user.email, "introductions")]


def test_each_is_written_to_in_their_language(cleo, jonas, asha, linden, mailoutbox):
    linden.language = "de"
    make_member(linden, "Anna", Role.ADMIN)
    ask(cleo, jonas)
    introductions_notify(by=SystemActor.WORKER)

    subjects = {mail.to[0]: (mail.subject, mail.body.split(",")[0]) for mail in mailoutbox}
    assert subjects == {
        asha.email: ("News for you", "Hello"),
        "anna@linden.example": ("Neues für Sie", "Guten Tag"),
    }


def test_a_mail_names_nobody_and_nothing(asked, notified, mailoutbox, settings):
    notified()
    introduction_accept(introduction=asked, hour=NOON, by=SystemActor.COMMAND)
    introductions_notify(by=SystemActor.WORKER)

    for sent in mailoutbox:
        text = f"{sent.subject} {sent.body}"
        assert settings.SITE_URL in text
        for private in ("Cleo", "Mara", "Linden", "sleep", "2030", "therap", "accept", str(asked.pk) + "/"):
            assert private not in text


def test_a_client_without_a_log_in_gets_no_mail_and_delays_nothing(wim, mara, notified):
    asked = ask(wim, mara)
    notified()
    introduction_seen(introduction=asked, by=SystemActor.COMMAND)

    assert notified() == []
    assert not Introduction.objects.to_notify().exists()


def test_what_the_mail_server_refuses_is_tried_again(asked, notified, monkeypatch, caplog, mara):
    def refuse(*_):
        raise SMTPException("550 mara@linden.example unknown")

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(mail, "send_mail", refuse)
        assert notified() == []

    assert "SMTPException" in caplog.text
    assert "mara" not in caplog.text
    assert notified() == [(mara.user.email, "requests")]


def test_one_address_that_is_refused_has_nobody_else_written_to_twice(
    cleo, jonas, asha, linden, notified, monkeypatch
):
    make_member(linden, "Anna", Role.ADMIN)
    ask(cleo, jonas)

    def refuse_anna(subject, text, sender, to):
        if to == ["anna@linden.example"]:
            raise SMTPException
        return send_mail(subject, text, sender, to)

    monkeypatch.setattr(mail, "send_mail", refuse_anna)
    assert notified() == [(asha.email, "requests")]
    assert notified() == []


def test_old_news_is_not_sent(asked, notified):
    Introduction.objects.update(changed_at=timezone.now() - timedelta(days=2))

    assert notified() == []
