"""An answer is stored before anybody is told; it raises an alert and never lowers it; steps go forward."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from alliance_match.safety.models import RiskAlert, RiskStep
from alliance_match.safety.services import (
    RiskAlertChangedError,
    risk_alert_acknowledge,
    risk_alert_close,
    risk_alert_contact,
)
from tests.cast import make_crisis_care, make_risk_alert

SHEET = uuid4()


@pytest.fixture
def care(linden, asha, mara):
    return make_crisis_care(linden, asha, mara.user)


@pytest.fixture
def alert(cleo, care):
    return make_risk_alert(cleo, 1, SHEET)


@pytest.fixture
def steps(asha):
    """A function that takes the next steps of an alert, as many as asked."""

    def steps(alert, count):
        acts = [
            risk_alert_acknowledge,
            risk_alert_contact,
            lambda **given: risk_alert_close(**given, note="We spoke."),
        ]
        for act in acts[:count]:
            act(alert=again(alert), by=asha)
        return again(alert)

    return steps


def again(alert):
    return RiskAlert.objects.get(pk=alert.pk)


def test_an_answer_opens_an_alert_that_is_due_at_once(alert, cleo, linden):
    stored = again(alert)

    assert (stored.client, stored.clinic, stored.level, stored.state) == (cleo, linden, 1, "open")
    assert stored.notify_at == stored.asked_at < stored.due_at


@pytest.mark.parametrize("level", [2, 3])
def test_a_higher_level_is_due_in_half_an_hour(cleo, care, level):
    alert = make_risk_alert(cleo, level)

    assert alert.due_at - alert.asked_at == timedelta(minutes=30)


def test_a_higher_answer_raises_it_and_asks_anew(alert, cleo, steps):
    before = steps(alert, 1)

    make_risk_alert(cleo, 3)

    after = again(alert)
    assert RiskAlert.objects.count() == 1
    assert (after.level, after.state) == (3, "open")
    assert after.asked_at > before.asked_at
    assert after.notify_at == after.asked_at


def test_what_it_returns_is_how_the_alert_stands_now(alert, cleo, steps):
    steps(alert, 2)

    raised = make_risk_alert(cleo, 3)

    assert (raised.level, raised.state, raised.asked_at) == (3, "open", again(alert).asked_at)


def test_a_lower_answer_never_lowers_it(cleo, care):
    alert = make_risk_alert(cleo, 3)

    make_risk_alert(cleo, 1)

    assert again(alert).level == 3
    assert [step.level for step in alert.steps.all()] == [3, 1]


def test_the_same_sheet_counts_once(alert, cleo):
    before = again(alert)

    make_risk_alert(cleo, 1, SHEET)

    assert RiskStep.objects.count() == 1
    assert again(alert).asked_at == before.asked_at


def test_the_same_sheet_opens_nothing_after_the_alert_was_closed(alert, cleo, steps):
    steps(alert, 3)

    assert make_risk_alert(cleo, 1, SHEET) == alert
    assert RiskAlert.objects.count() == 1


def test_a_new_answer_after_the_alert_was_closed_opens_another(alert, cleo, steps):
    steps(alert, 3)

    assert make_risk_alert(cleo, 1) != alert
    assert RiskAlert.objects.unclosed().count() == 1


def test_an_answer_after_they_were_in_touch_asks_anew(alert, cleo, steps):
    steps(alert, 2)

    make_risk_alert(cleo, 1)

    assert again(alert).state == "open"


def test_an_answer_no_higher_while_somebody_has_it_in_hand_leaves_it_there(alert, cleo, steps):
    steps(alert, 1)

    make_risk_alert(cleo, 1)

    assert again(alert).state == "acknowledged"
    assert alert.steps.filter(kind="answered").count() == 2


def test_what_was_done_stays_on_record_when_it_is_asked_anew(alert, cleo, steps):
    steps(alert, 2)
    make_risk_alert(cleo, 2)

    kinds = [step.kind for step in alert.steps.all()]
    assert kinds == ["answered", "acknowledged", "contacted", "answered"]


def test_each_step_is_taken_in_turn_with_name_and_time(alert, asha, steps):
    done = steps(alert, 3)

    assert done.acknowledged_at < done.contacted_at < done.closed_at
    assert {done.acknowledged_by, done.contacted_by, done.closed_by} == {asha}
    assert done.closing_note == "We spoke."


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_step_goes_back_or_is_taken_twice(alert, asha, steps, count):
    before = steps(alert, count)

    with pytest.raises(RiskAlertChangedError):
        risk_alert_acknowledge(alert=again(alert), by=asha)

    assert again(alert).acknowledged_at == before.acknowledged_at


def test_no_step_is_left_out(alert, asha):
    with pytest.raises(RiskAlertChangedError):
        risk_alert_contact(alert=alert, by=asha)
    with pytest.raises(RiskAlertChangedError):
        risk_alert_close(alert=alert, by=asha, note="We spoke.")


def test_of_two_who_take_note_at_once_one_does(alert, asha, mara):
    seen_by_both = again(alert)
    risk_alert_acknowledge(alert=seen_by_both, by=asha)

    with pytest.raises(RiskAlertChangedError):
        risk_alert_acknowledge(alert=seen_by_both, by=mara.user)

    assert again(alert).acknowledged_by == asha


def test_nobody_takes_note_of_a_higher_answer_that_they_have_not_seen(alert, cleo, asha):
    seen = again(alert)
    make_risk_alert(cleo, 3)

    with pytest.raises(RiskAlertChangedError):
        risk_alert_acknowledge(alert=seen, by=asha)


@pytest.mark.django_db(transaction=True)
def test_an_answer_while_somebody_closes_the_alert_opens_another(cleo, care, steps, asha):
    """The two meet in the database: the one that comes second sees what the first one did."""
    alert = steps(make_risk_alert(cleo, 1), 2)
    closing, answered = threading.Event(), []

    def answer():
        closing.wait(20)
        answered.append(make_risk_alert(cleo, 3).pk)
        connection.close()

    client = threading.Thread(target=answer)
    client.start()
    with transaction.atomic():
        risk_alert_close(alert=alert, by=asha, note="We spoke.")
        closing.set()
        client.join(1)  # it waits for the alert, and is not done
        assert not answered
    client.join(20)

    assert again(alert).state == "closed"
    assert answered == [RiskAlert.objects.unclosed().get().pk] != [alert.pk]
