"""Therapists are asked every week, by mail, whether they still accept clients; one press answers."""

import logging
import re
from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts import mail
from alliance_match.accounts.models import Role
from alliance_match.accounts.services import person_invite, person_uninvite
from alliance_match.audit.actors import SystemActor
from alliance_match.audit.models import AuditEvent
from alliance_match.pages.log_filters import NoLinks
from therapists.models import Therapist
from therapists.tasks import confirmation_requests_send

DAYS = timedelta(days=1)


@pytest.fixture
def said(mara):
    """A function that lets Mara have said so many days ago that she accepts clients."""

    def said(days, **fields):
        at = timezone.now() - days * DAYS
        Therapist.objects.filter(pk=mara.pk).update(confirmed_at=at, **fields)

    return said


@pytest.fixture
def asked(mailoutbox):
    """A function that lets the worker ask, and returns who got a mail."""

    def asked():
        mailoutbox.clear()
        confirmation_requests_send()
        return [to.split("@")[0] for one in mailoutbox for to in one.to]

    return asked


@pytest.fixture
def path(said, asked, mailoutbox):
    """Where the link in Mara's mail leads."""
    said(8)
    assert asked() == ["mara"]
    return re.search(r"/accepting/\S+/", mailoutbox[0].body).group()


@pytest.mark.parametrize(("days", "who"), [(6, []), (8, ["mara"]), (29, ["mara"]), (31, [])])
def test_who_is_silent_for_a_week_is_asked_before_the_badge_falls(said, asked, days, who):
    said(days)
    assert asked() == who


def test_nobody_is_asked_twice_a_week(said, asked):
    said(8)
    assert asked() == ["mara"]
    assert asked() == []
    Therapist.objects.update(asked_at=timezone.now() - 8 * DAYS)
    assert asked() == ["mara"]


@pytest.mark.parametrize("fields", [{"accepting": False}, {"status": "paused"}, {"user": None}])
def test_nobody_is_asked_whom_it_does_not_concern(said, asked, fields):
    said(8, **fields)
    assert asked() == []


def test_whom_no_mail_reached_is_asked_again(said, asked, monkeypatch):
    said(8)

    def refuse(*args):
        raise SMTPException

    with monkeypatch.context() as broken:
        broken.setattr(mail, "send_mail", refuse)
        assert asked() == []
    assert asked() == ["mara"]


def test_the_mail_says_nothing_of_anybody(path, mailoutbox):
    assert mailoutbox[0].subject == "One question for you"
    assert "Mara" not in mailoutbox[0].body


def test_opening_the_link_changes_nothing_and_one_press_confirms(client, path, mara):
    assert b"Do you still take new clients?" in client.get(path).content
    assert not Therapist.objects.filter(confirmed_at__gt=timezone.now() - DAYS).exists()

    assert b"confirmed today" in client.post(path, {"accepting": "1"}).content

    mara.refresh_from_db()
    assert (mara.accepting, mara.is_stale) == (True, False)
    assert AuditEvent.objects.filter(verb="accepting_set", system_actor="link").exists()


def test_no_is_taken_and_taken_back_by_the_same_link(client, path, mara):
    client.post(path, {"accepting": "0"})
    mara.refresh_from_db()
    assert not mara.accepting

    client.post(path, {"accepting": "1"})
    mara.refresh_from_db()
    assert mara.accepting


@pytest.mark.parametrize("answer", ["", "2", "yes"])
def test_a_press_that_says_nothing_changes_nothing(client, path, mara, answer):
    assert client.post(path, {"accepting": answer}).status_code == 200
    mara.refresh_from_db()
    assert mara.accepting
    assert mara.confirmed_at < timezone.now() - DAYS


@pytest.mark.parametrize("token", ["x", "1:abc:def", "\x00"])
def test_a_link_that_we_never_made_leads_no_further(client, mara, token):
    answer = client.post(reverse("still_accepting", args=[token]), {"accepting": "0"})
    assert answer.status_code == 410
    mara.refresh_from_db()
    assert mara.accepting


def test_a_link_ends_after_two_weeks(client, path, time_machine):
    time_machine.move_to(timezone.now() + 15 * DAYS)
    assert client.get(path).status_code == 410


def test_a_link_ends_when_its_therapist_leaves(client, path, mara):
    Therapist.objects.filter(pk=mara.pk).update(status="left", user=None)
    assert client.post(path, {"accepting": "1"}).status_code == 410


def test_a_confirmation_promises_nothing_without_a_licence(client, path, said):
    said(8, licence_expires_on=timezone.now().date() - DAYS)
    body = client.post(path, {"accepting": "1"}).content.decode()
    assert "once the clinic has a new date for your licence" in body


def test_a_link_ends_with_the_log_in_that_it_was_mailed_to(client, path, mara):
    person_uninvite(person=mara, role=Role.THERAPIST, by=SystemActor.COMMAND)
    person_invite(person=mara, email="right@x.example", role=Role.THERAPIST, by=SystemActor.COMMAND)

    assert client.post(path, {"accepting": "0"}).status_code == 410

    mara.refresh_from_db()
    assert mara.accepting


def test_no_log_keeps_the_link(path):
    record = logging.makeLogRecord({"msg": "Gone: %s", "args": (path,)})
    NoLinks().filter(record)
    assert record.getMessage() == "Gone: /accepting/…/"
