"""A client gets everything that is stored about them, in words, and nothing about anybody else."""

import json
from uuid import uuid4

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.services import clinic_fit
from alliance_match.person_tables import person_tables
from alliance_match.safety.models import RiskAlert
from alliance_match.safety.services import notices_create, risk_alert_acknowledge, symptom_check_submit
from alliance_match.transfer.own_data import own_data
from clients.models import TimeWindow, Wish
from clients.services import episode_end, last_visit_save, mark_set, switch_begin, wait_begin
from surveys.bond_alerts import bond_alerts
from surveys.services import (
    bond_alert_close,
    bond_alerts_notify,
    cadence_choose,
    invitation_get_or_create,
    note_send,
    recheck_request,
)
from tests import cast

PARTS = [table.part for table in person_tables() if table.part]


@pytest.fixture
def told(cleo, mara, jonas, third_session, linden, asha):
    """Cleo's data, with something of every kind in them."""
    cast.make_check_in(third_session, 8, wants_to_talk=True, comment="It helps", comment_reader="nobody")
    cast.make_introduction(cleo, jonas, note="Hello")
    mark_set(client=cleo, therapist=mara, kind="favourite", by=SystemActor.COMMAND)
    wait_begin(client=cleo, therapist=mara, by=SystemActor.COMMAND)
    last_visit_save(client=cleo, seen={}, by=SystemActor.COMMAND)
    Wish.objects.create(client=cleo, attribute="gender", accepted=["woman"])
    TimeWindow.objects.create(client=cleo, weekday=0, starts="08:00", ends="12:00")
    cadence_choose(client=cleo, frequency="some", by=SystemActor.COMMAND)
    invitation_get_or_create(session=third_session, by=SystemActor.WORKER)
    ines = cast.make_therapist(linden, "Ines", user=cast.make_member(linden, "Ines", Role.THERAPIST))
    decided(third_session.episode, cast.make_episode(cleo, ines))
    alert = cast.make_risk_alert(cleo)
    notices_create(by=SystemActor.WORKER)
    risk_alert_acknowledge(alert=alert, by=asha)
    instrument, sheet = alert.instrument, uuid4()
    assert instrument is not None
    symptom_check_submit(
        client=cleo,
        instrument=instrument,
        sheet=sheet,
        answers={"item_1": 1},
        shared=False,
        by=SystemActor.COMMAND,
    )
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    return own_data(cleo)


def decided(with_pavel, with_ines):
    """What Cleo made of her care: one more session here, others and an ending there, words that were read."""
    recheck_request(episode=with_pavel, by=SystemActor.COMMAND)
    note_send(episode=with_ines, text="More quiet, please", by=SystemActor.COMMAND)
    switch_begin(episode=with_ines, ends_episode=False, notifies_therapist=False, by=SystemActor.COMMAND)
    bond_alerts_notify(by=SystemActor.WORKER)
    (alert,) = bond_alerts(with_ines.therapist)
    bond_alert_close(alert=alert, kind="talked", by=SystemActor.COMMAND)
    episode_end(episode=with_ines, ended_by=Role.CLIENT, ending="switched", by=SystemActor.COMMAND)


def test_there_is_something_of_every_kind(told):
    assert [name for name in PARTS if not told[name]] == []


def test_estimates_are_in_points_and_name_the_therapist(told, cleo):
    (first, *_) = told["estimates"]
    match = cast.matches_of(cleo)[0]
    assert (first["therapist_name"], first["rank"]) == (match.therapist.name, 1)
    assert (first["mean"], first["parts"]) == (match.mean, match.parts)
    assert "therapist_ids" not in first


def test_it_says_things_in_words(told, cleo):
    assert told["you"]["email"] == cleo.user.email
    assert told["consents"][0]["purpose"] == "my care here"
    assert told["check_ins"][0] | {"comment": "It helps", "session_number": 3} == told["check_ins"][0]
    assert told["introductions"][0]["therapist_name"] == "Jonas Okafor"
    assert told["hours_that_suit"][0]["weekday"] == "Monday"


def test_it_holds_nothing_of_anybody_else(told, bea, birch_episode, wim):
    text = json.dumps(told, default=str)

    assert not any(name in text for name in ("Bea", "Wim", "Britta", "Birch"))


def test_it_is_a_file_that_no_cache_keeps(as_client, told):
    answer = as_client.get(reverse("own_data_file"))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "Pavel Novák" in answer.content.decode()
    assert answer.json().keys() == told.keys()


def test_answers_are_a_file_that_other_clinics_read(as_client, told, third_session, bea, birch_episode):
    cast.make_check_in(birch_episode.sessions.get(number=3))

    answer = as_client.get(reverse("own_answers_file"))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-answers.fhir.json"'
    assert answer.headers["Cache-Control"] == "no-store, private"
    (entry,) = answer.json()["entry"]
    assert entry["resource"]["resourceType"] == "QuestionnaireResponse"
    assert entry["resource"]["subject"]["identifier"]["value"] == "cleo"


def test_one_who_told_nothing_gets_a_file_too(wim):
    assert own_data(wim)["intake"] == []


def test_it_holds_what_was_done_about_an_alert_but_not_what_staff_wrote_for_each_other(told, cleo, asha):
    RiskAlert.objects.update(
        contacted_at=Now(), contacted_by=asha, closed_at=Now(), closed_by=asha, closing_note="between us"
    )
    data = own_data(cleo)

    assert data["risk_alerts"][0]["closed_by_name"] == "Asha"
    assert data["steps_of_risk_alerts"][1]["kind"] == "took note"
    assert data["notices_of_risk_alerts"][0]["to_name"] == "Asha"
    assert "between us" not in json.dumps(data, default=str)
