"""Clients are asked an hour later, by day, as often as they chose, and reminded twice at most."""

import logging
import re
import threading
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import DateTimeField, Value
from django.utils import timezone

from alliance_match.accounts import mail
from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from clients.models import Consent, Purpose
from clients.services import session_log
from surveys.links import invitation_of_link
from surveys.models import Cadence, Invitation
from surveys.services import cadence_choose, invitation_get_or_create
from surveys.tasks import invitations_sweep
from tests.cast import make_check_in, make_episode, refuses

TUESDAY_NOON = datetime(2026, 3, 17, 11, tzinfo=UTC)  # noon in Berlin; the third session was the day before
LINK = re.compile(r"/c/([^/]+)/\n")


@pytest.fixture
def clock():
    """A function that sets the clock of Python to so much after Tuesday's noon."""
    with time_machine.travel(TUESDAY_NOON, tick=False) as traveller:
        yield lambda **after: traveller.move_to(TUESDAY_NOON + timedelta(**after))


@pytest.fixture
def due(third_session, clock, monkeypatch):
    """Cleo's third session, an hour ago; the database goes by the same clock."""
    monkeypatch.setattr("surveys.models.invitation.Now", clock_of_python)
    monkeypatch.setattr("surveys.services.invitations.Now", clock_of_python)
    type(third_session).objects.update(logged_at=TUESDAY_NOON - timedelta(hours=2))
    third_session.refresh_from_db()
    return third_session


def clock_of_python():
    return Value(timezone.now(), DateTimeField())


@pytest.fixture
def sent(mailoutbox):
    """A function that sweeps and returns to whom mail went."""

    def sent():
        mailoutbox.clear()
        invitations_sweep()
        return [to for mail in mailoutbox for to in mail.to]

    return sent


def outcome(session):
    return Invitation.objects.get(session=session).withheld


def test_a_client_is_asked_once(due, sent, cleo):
    assert sent() == [cleo.user.email]
    assert sent() == []
    assert Invitation.objects.get(session=due).questions == 7


def test_nobody_is_asked_within_the_hour(due, sent, cleo, clock):
    type(due).objects.update(logged_at=TUESDAY_NOON - timedelta(minutes=59))

    assert sent() == []
    clock(minutes=2)
    assert sent() == [cleo.user.email]


def test_the_end_of_the_session_counts_where_it_is_known(due, sent, cleo, clock):
    type(due).objects.update(logged_at=TUESDAY_NOON, ends_at=TUESDAY_NOON - timedelta(hours=1))

    assert sent() == [cleo.user.email]


def test_only_sessions_of_the_last_week_are_asked_about(due, sent, cleo):
    sent()

    assert Invitation.objects.count() == 1
    assert Invitation.objects.get().session == due


def test_a_session_to_come_is_not_asked_about(due, sent):
    type(due).objects.update(held_on=TUESDAY_NOON.date() + timedelta(days=1))

    assert sent() == []
    assert not Invitation.objects.exists()


def test_nobody_is_woken(due, sent, cleo, clock):
    clock(hours=9)
    assert sent() == []
    clock(hours=19, minutes=59)
    assert sent() == []
    clock(hours=20)
    assert sent() == [cleo.user.email]


def test_nobody_is_woken_where_they_live(due, sent, cleo, clock):
    type(cleo.user).objects.filter(pk=cleo.user_id).update(time_zone="Asia/Tokyo")

    assert sent() == []
    clock(hours=12)
    assert sent() == [cleo.user.email]


def test_two_reminders_and_no_more(due, sent, cleo, clock):
    when = []
    for hours in range(0, 24 * 20, 4):
        clock(hours=hours)
        when += [hours // 24] * len(sent())

    assert when == [0, 2, 5]


def test_a_worker_that_was_away_reminds_once(due, sent, clock):
    sent()
    clock(days=6)

    assert len(sent()) == 1
    assert sent() == []


def test_no_reminder_comes_after_the_answer(due, sent, clock):
    sent()
    make_check_in(due)
    clock(days=3)

    assert sent() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda cleo: cadence_choose(client=cleo, frequency="never", by=SystemActor.COMMAND),
        lambda cleo: Consent.objects.filter(client=cleo, purpose=Purpose.CARE).delete(),
        lambda cleo: type(cleo).objects.update(user=None),
        lambda cleo: type(cleo.user).objects.update(is_active=False),
    ],
)
def test_no_reminder_comes_to_whoever_wants_none(due, sent, cleo, clock, change):
    sent()
    change(cleo)
    clock(days=3)

    assert sent() == []


def test_no_reminder_comes_after_the_links_end(due, sent, clock):
    sent()
    clock(days=15)

    assert sent() == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda cleo, _: cadence_choose(client=cleo, frequency="never", by=SystemActor.COMMAND), "frequency"),
        (lambda cleo, _: Consent.objects.filter(client=cleo, purpose=Purpose.CARE).delete(), "consent"),
        (lambda cleo, _: type(cleo).objects.update(user=None), "address"),
        (lambda cleo, _: type(cleo.user).objects.update(is_active=False), "address"),
        (lambda _, session: make_check_in(session), "answered"),
        (lambda cleo, _: Clinic.objects.update(question_budget=6), "budget"),
    ],
)
def test_who_is_not_asked_and_why(due, sent, cleo, change, why):
    change(cleo, due)

    assert sent() == []
    assert outcome(due) == why


def test_who_chose_so_is_asked_about_session_three_alone(due, sent, cleo, episode):
    cadence_choose(client=cleo, frequency="third", by=SystemActor.COMMAND)
    type(due).objects.filter(episode=episode).update(held_on=TUESDAY_NOON.date())

    assert len(sent()) == 1
    assert [one.session.number for one in Invitation.objects.filter(withheld="")] == [3]


def test_session_three_comes_first_where_the_budget_is_short(due, sent, cleo, episode):
    Clinic.objects.update(question_budget=13)
    type(due).objects.filter(episode=episode).update(held_on=TUESDAY_NOON.date())

    sent()

    asked = Invitation.objects.filter(sent_at__isnull=False).order_by("session__number")
    assert [(one.session.number, one.questions) for one in asked] == [(1, 6), (3, 7)]


def test_its_questions_are_kept_back_while_it_is_to_come(due, sent, cleo, mara):
    Clinic.objects.update(question_budget=19)
    early = make_episode(cleo, mara, sessions=1)
    type(due).objects.filter(episode=early).update(held_on=due.held_on, logged_at=due.logged_at)

    sent()

    assert outcome(due) == ""
    assert outcome(early.sessions.get()) == "budget"


def test_what_was_due_too_long_ago_is_let_go(due, sent, clock):
    invitation_get_or_create(session=due, by=SystemActor.WORKER)
    clock(days=8)

    assert sent() == []
    assert outcome(due) == "late"


def test_what_the_mail_server_refuses_is_tried_again(due, sent, cleo, monkeypatch, caplog):
    def refuse(*_):
        raise SMTPException("550 cleo@linden.example unknown")

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(mail, "send_mail", refuse)
        assert sent() == []

    assert "cleo" not in caplog.text
    assert sent() == [cleo.user.email]


def test_a_mail_says_nothing_of_anybody(due, sent, mailoutbox, settings):
    sent()

    [mail] = mailoutbox
    text = f"{mail.subject} {mail.body}"
    assert settings.SITE_URL in text
    assert invitation_of_link(LINK.search(mail.body)[1]).session == due
    for private in ("Cleo", "Pavel", "Linden", "session", "therap", "16 March"):
        assert private not in text


def test_every_mail_of_a_session_has_the_same_link(due, sent, mailoutbox, clock):
    sent()
    first = LINK.search(mailoutbox[0].body)[1]
    clock(days=2)
    sent()

    assert LINK.search(mailoutbox[0].body)[1] == first


def test_another_clinics_budget_is_its_own(due, sent, cleo, bea, birch_episode):
    Clinic.objects.filter(pk=bea.clinic_id).update(question_budget=0)

    assert sent() == [cleo.user.email]


def test_a_session_logged_today_is_asked_about_in_an_hour(due, sent, cleo, episode, asha, clock):
    type(due).objects.filter(pk=due.pk).delete()
    session = session_log(episode=episode, held_on=TUESDAY_NOON.date(), by=asha)
    type(due).objects.filter(pk=session.pk).update(logged_at=TUESDAY_NOON)

    assert sent() == []
    clock(hours=1, minutes=1)
    assert sent() == [cleo.user.email]


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("invitation_two_reminders_at_most", {"reminders": 3, "sent_at": TUESDAY_NOON}),
        ("invitation_two_reminders_at_most", {"reminders": 1}),
        ("invitation_withheld_known", {"withheld": "mood"}),
        ("invitation_withheld_known", {"withheld": "late", "sent_at": TUESDAY_NOON}),
    ],
)
def test_the_database_holds_the_limits(third_session, constraint, fields):
    invitation = invitation_get_or_create(session=third_session, by=SystemActor.WORKER)

    refuses(constraint, Invitation.objects.filter(pk=invitation.pk).update, **fields)


def test_the_database_knows_four_frequencies(cleo):
    refuses("cadence_frequency_known", Cadence.objects.create, client=cleo, frequency="daily")


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_holds_is_passed_over(third_session, mailoutbox):
    """While one transaction holds the row, a sweep elsewhere neither waits nor mails twice."""
    two_hours_ago = timezone.now() - timedelta(hours=2)
    own = type(third_session).objects.filter(pk=third_session.pk)
    own.update(held_on=two_hours_ago.date(), logged_at=two_hours_ago)
    third_session.refresh_from_db()
    Clinic.objects.update(quiet_from="00:00", quiet_until="00:00")
    invitation = invitation_get_or_create(session=third_session, by=SystemActor.WORKER)
    mailed = []

    def sweep():
        invitations_sweep()
        mailed.append(len(mailoutbox))
        connection.close()

    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        other = threading.Thread(target=sweep)
        other.start()
        other.join(timeout=20)

    assert mailed == [0]
    invitations_sweep()
    assert len(mailoutbox) == 1
