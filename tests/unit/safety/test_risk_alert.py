"""The database itself holds an alert to its order: who did what, when, and after what."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from alliance_match.safety.models import CrisisCare, RiskAlert, RiskNotice, RiskStep, SymptomCheck
from tests.cast import make_crisis_care, make_risk_alert, refuses

NOW = timezone.now()


@pytest.fixture
def alert(cleo):
    return make_risk_alert(cleo)


def change(alert, **fields):
    RiskAlert.objects.filter(pk=alert.pk).update(**fields)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("level_known", {"level": 4}),
        ("level_known", {"level": 0}),
        ("acknowledged_by_somebody", {"acknowledged_at": NOW}),
        ("due_after_asked", {"due_at": NOW - timedelta(days=400)}),
        ("closed_with_note", {"closing_note": "before its time"}),
    ],
)
def test_the_database_refuses_what_cannot_be(alert, constraint, fields):
    refuses(f"risk_alert_{constraint}", change, alert=alert, **fields)


def test_no_step_comes_before_its_time(alert, asha):
    refuses("risk_alert_acknowledged_first", change, alert=alert, contacted_at=NOW, contacted_by=asha)
    change(alert, acknowledged_at=NOW, acknowledged_by=asha)
    refuses("risk_alert_contacted_by_somebody", change, alert=alert, contacted_at=NOW)
    done = {"closed_at": NOW, "closed_by": asha, "closing_note": "spoken with"}
    refuses("risk_alert_contacted_first", change, alert=alert, **done)
    change(alert, contacted_at=NOW, contacted_by=asha)
    refuses("risk_alert_closed_by_somebody", change, alert=alert, **done | {"closed_by": None})
    refuses("risk_alert_closed_with_note", change, alert=alert, **done | {"closing_note": ""})
    change(alert, **done)


def test_a_client_has_one_alert_at_a_time(alert, cleo):
    fields = {"level": 1, "asked_at": NOW, "due_at": NOW, "notify_at": NOW, "instrument": alert.instrument}
    refuses("standing_once", RiskAlert.objects.create, clinic=cleo.clinic, client=cleo, **fields)


def test_a_step_is_the_clients_or_somebodys(alert, asha):
    for fields in (
        {"kind": "answered", "level": 1},
        {"kind": "answered", "level": 5, "sheet": uuid4()},
        {"kind": "closed"},
        {"kind": "closed", "by": asha, "level": 1},
        {"kind": "nothing", "by": asha},
    ):
        refuses("risk_step_of_client_or_staff", RiskStep.objects.create, alert=alert, **fields)


def test_a_notice_is_due_once_and_sent_only_when_tried(alert, asha):
    RiskNotice.objects.create(alert=alert, to=asha, due_at=NOW)
    refuses("risk_notice_once", RiskNotice.objects.create, alert=alert, to=asha, due_at=NOW)
    refuses("risk_notice_tried", RiskNotice.objects.update, tries=1)
    refuses("risk_notice_taken", RiskNotice.objects.update, sent_at=NOW)


def test_care_in_crisis_needs_two_people_and_sane_hours(linden, asha, mara):
    care = make_crisis_care(linden, asha, mara.user)
    for constraint, fields in {
        "two_people": {"backup": asha},
        "closes_after_opening": {"closes": care.opens},
        "days_known": {"days": []},
        "crisis_care_days_known": {"days": [7]},
    }.items():
        refuses(constraint, CrisisCare.objects.update, **fields)


def test_a_total_is_not_negative(alert, cleo):
    fields = {"instrument": alert.instrument, "sheet": uuid4(), "answers": {}, "total": -1}
    refuses("total_not_negative", SymptomCheck.objects.create, clinic=cleo.clinic, client=cleo, **fields)


def test_an_alert_says_its_state_and_its_answer(alert, asha):
    assert (alert.state, alert.next_step, alert.answer) == ("open", "acknowledged", "Several days")
    assert alert.questions == [
        "Thoughts that you would be better off dead or of hurting yourself in some way"
    ]
    change(alert, acknowledged_at=NOW, acknowledged_by=asha, level=3)
    alert.refresh_from_db()
    assert (alert.state, alert.next_step, alert.answer) == ("acknowledged", "contacted", "Nearly every day")
