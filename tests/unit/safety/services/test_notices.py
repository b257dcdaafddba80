"""The owner hears first; where nobody takes note, the back-up and the admins do, again and again."""

import logging
from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.db.models import F
from django.urls import reverse

from alliance_match.accounts import mail
from alliance_match.accounts.models import Membership, Role, User
from alliance_match.audit.actors import SystemActor
from alliance_match.safety.models import CrisisCare, RiskAlert, RiskNotice
from alliance_match.safety.services import notices_create, notices_send, risk_alert_acknowledge
from alliance_match.safety.tasks import risk_alerts_sweep
from tests.cast import make_crisis_care, make_member, make_risk_alert


@pytest.fixture
def ilse(linden):
    """A second admin."""
    return make_member(linden, "Ilse", Role.ADMIN)


@pytest.fixture
def care(linden, asha, mara, ilse):
    """Mara owns alerts; Asha, who is an admin too, stands in."""
    return make_crisis_care(linden, mara.user, asha)


@pytest.fixture
def notified(mailoutbox):
    """A function that sweeps and returns who got a mail."""

    def notified():
        mailoutbox.clear()
        risk_alerts_sweep()
        return sorted(to.split("@")[0] for mail in mailoutbox for to in mail.to)

    return notified


def pass_time(**span):
    """Let everything have happened earlier."""
    earlier = {name: F(name) - timedelta(**span) for name in ("asked_at", "due_at", "notify_at")}
    RiskAlert.objects.update(**earlier)


def leave(user, how):
    """Let somebody be of the staff no longer."""
    if how == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif how == "gone":
        Membership.objects.filter(user=user).delete()
    else:
        user.delete()


def test_the_owner_is_told_once_at_once(cleo, care, notified):
    make_risk_alert(cleo)

    assert notified() == ["mara"]
    assert notified() == []
    notice = RiskNotice.objects.get()
    assert (notice.tries, notice.sent_at is not None) == (1, True)


def test_a_high_level_goes_on_to_the_others_after_half_an_hour_and_each_further_one(cleo, care, notified):
    make_risk_alert(cleo, 2)
    notified()
    pass_time(minutes=29)
    assert notified() == []
    pass_time(minutes=1)

    assert notified() == ["asha", "ilse"]
    assert notified() == []
    pass_time(minutes=30)
    assert notified() == ["asha", "ilse"]


def test_a_first_level_goes_on_after_four_hours_of_work(cleo, care, notified):
    alert = make_risk_alert(cleo, 1)
    notified()
    worked = alert.due_at - alert.asked_at
    pass_time(seconds=worked.total_seconds() - 60)
    assert notified() == []
    pass_time(minutes=1)

    assert notified() == ["asha", "ilse"]


def test_a_worker_that_was_off_too_long_tells_all_at_once(cleo, care, notified):
    make_risk_alert(cleo, 3)
    pass_time(hours=2)

    assert notified() == ["asha", "ilse", "mara"]
    assert notified() == []


def test_nobody_is_told_any_more_once_somebody_took_note(cleo, care, asha, notified):
    alert = make_risk_alert(cleo, 3)
    notified()
    risk_alert_acknowledge(alert=RiskAlert.objects.get(pk=alert.pk), by=asha)
    pass_time(hours=2)

    assert notified() == []


def test_a_mail_that_waits_is_not_sent_once_somebody_took_note(cleo, care, asha, notified):
    alert = make_risk_alert(cleo, 3)
    notices_create(by=SystemActor.WORKER)
    risk_alert_acknowledge(alert=RiskAlert.objects.get(pk=alert.pk), by=asha)

    assert notified() == []


def test_a_higher_answer_tells_the_owner_again(cleo, care, notified):
    make_risk_alert(cleo, 1)
    notified()
    make_risk_alert(cleo, 3)

    assert notified() == ["mara"]


@pytest.mark.parametrize("left", ["closed", "gone"])
def test_without_an_owner_the_others_are_told_at_once(cleo, care, mara, notified, left):
    make_risk_alert(cleo, 1)
    if left == "gone":
        Membership.objects.filter(user=mara.user).delete()
    else:
        mara.user.is_active = False
        mara.user.save()

    assert notified() == ["asha", "ilse"]


@pytest.mark.parametrize("left", ["closed", "gone", "account gone"])
def test_a_mail_that_waits_is_not_sent_to_somebody_who_left_and_its_page_says_so(
    cleo, care, linden, as_admin, notified, left
):
    olga = make_member(linden, "Olga", Role.ADMIN)
    CrisisCare.objects.update(owner=olga)
    alert = make_risk_alert(cleo, 1)
    notices_create(by=SystemActor.WORKER)
    leave(olga, left)

    assert "olga" not in notified()
    page = " ".join(as_admin.get(reverse("care_alert", args=[alert.pk])).text.split())
    who = "an account that is gone" if left == "account gone" else "Olga"
    assert f"{who} · not sent, for they no longer work here" in page


def test_that_somebody_was_told_is_kept_when_their_account_goes(cleo, care, linden, as_admin, notified):
    olga = make_member(linden, "Olga", Role.ADMIN)
    CrisisCare.objects.update(owner=olga)
    alert = make_risk_alert(cleo, 1)
    notified()
    sent = RiskNotice.objects.get().sent_at
    olga.delete()

    assert RiskNotice.objects.get().sent_at == sent
    page = as_admin.get(reverse("care_alert", args=[alert.pk])).text
    assert "an account that is gone ·" in page
    assert "no longer work here" not in page


@pytest.mark.parametrize("left", ["closed", "gone", "account gone"])
def test_when_the_owner_leaves_an_alert_that_waits_the_others_are_told_at_once(
    cleo, care, linden, notified, left
):
    olga = make_member(linden, "Olga", Role.ADMIN)
    CrisisCare.objects.update(owner=olga)
    make_risk_alert(cleo, 1)
    assert notified() == ["olga"]
    leave(olga, left)

    assert notified() == ["asha", "ilse"]
    assert notified() == []
    pass_time(days=7)
    assert notified() == ["asha", "ilse"]
    assert notified() == []


def test_a_new_owner_is_told_at_once_of_an_alert_that_waits(cleo, care, linden, notified):
    paul = make_member(linden, "Paul", Role.THERAPIST)
    make_risk_alert(cleo, 1)
    notified()
    CrisisCare.objects.update(owner=paul)

    assert notified() == ["paul"]
    assert notified() == []
    assert RiskAlert.objects.get().rounds == 1


def test_a_new_owner_of_an_overdue_alert_is_told_alone_and_delays_nobody(cleo, care, linden, notified):
    paul = make_member(linden, "Paul", Role.THERAPIST)
    make_risk_alert(cleo, 3)
    pass_time(hours=1)
    notified()
    again = RiskAlert.objects.get().notify_at
    CrisisCare.objects.update(owner=paul)

    assert notified() == ["paul"]
    assert RiskAlert.objects.get().notify_at == again


def test_the_first_admin_of_a_clinic_without_any_is_told_at_once(cleo, linden, notified):
    make_risk_alert(cleo, 1)
    assert notified() == []
    make_member(linden, "Ilse", Role.ADMIN)

    assert notified() == ["ilse"]


def test_where_nobody_can_be_told_it_says_so_once_a_round(cleo, linden, notified, caplog):
    make_risk_alert(cleo, 1)
    notified()
    notified()

    assert caplog.text.count("there is nobody to tell of an alert") == RiskAlert.objects.get().rounds == 1


def test_a_clinic_without_rules_for_a_crisis_has_its_admins(cleo, asha, notified):
    make_risk_alert(cleo, 1)

    assert notified() == ["asha"]


def test_nobody_of_another_clinic_is_told(cleo, care, bruno, britta, notified):
    make_risk_alert(cleo, 3)
    pass_time(hours=1)

    assert not {"bruno", "britta"} & set(notified())


def test_an_admin_whose_account_is_closed_is_not_told(cleo, care, ilse, notified):
    ilse.is_active = False
    ilse.save()
    make_risk_alert(cleo, 3)
    pass_time(hours=1)

    assert notified() == ["asha", "mara"]


def test_the_mail_says_nothing_but_where_to_look(cleo, care, notified, mailoutbox, settings):
    make_risk_alert(cleo, 3)
    notified()

    (mail,) = mailoutbox
    assert f"{settings.SITE_URL}/care-alerts/" in mail.body
    for private in ("Cleo", "Mara", "Linden", "PHQ", "risk", "crisis", "client", "death", "hurt"):
        assert private.lower() not in f"{mail.subject} {mail.body.replace(settings.SITE_URL, '')}".lower()


@pytest.mark.parametrize("error", [SMTPException("550 mara@linden.example"), OSError(), UnicodeError()])
def test_what_the_mail_server_does_not_take_is_tried_again_and_holds_nobody_up(
    cleo, wim, care, notified, monkeypatch, caplog, error
):
    def refuse(_subject, _text, _sender, to):
        raise error

    make_risk_alert(cleo, 1)
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(mail, "send_mail", refuse)
        assert notified() == []
        assert notified() == []
        pass_time(days=7)
        assert notified() == []
    assert RiskNotice.objects.get(to__name="Mara").tries == 3
    assert "mara" not in caplog.text
    assert "Cleo" not in caplog.text

    assert notified() == ["asha", "ilse", "mara"]
    assert notified() == []


def test_a_mail_server_away_for_long_leaves_one_mail_for_each(cleo, care, notified, monkeypatch):
    def refuse(*_):
        raise OSError

    make_risk_alert(cleo, 3)
    with monkeypatch.context() as patch:
        patch.setattr(mail, "send_mail", refuse)
        for _round in range(5):
            pass_time(minutes=30)
            notified()

    assert notified() == ["asha", "ilse", "mara"]


def test_each_is_written_to_in_their_own_language(cleo, care, mara, notified, monkeypatch):
    spoken = []
    monkeypatch.setattr(
        "alliance_match.safety.services.notices.mail", lambda _to, language, *_, **__: spoken.append(language)
    )
    mara.user.language = "de"
    mara.user.save()
    make_risk_alert(cleo)
    notices_create(by=SystemActor.WORKER)
    notices_send(by=SystemActor.WORKER)

    assert spoken == ["de"]
