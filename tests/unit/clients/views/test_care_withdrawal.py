"""The consent to care is taken back as easily as given: it says what ends, and ends it."""

import pytest
from django.urls import reverse

from alliance_match.audit.actors import SystemActor
from clients.models import (
    Client,
    Consent,
    Episode,
    EpisodeEnding,
    Intake,
    Introduction,
    Mark,
    StylePreference,
    Wait,
)
from clients.services import introduction_accept, mark_set
from surveys.models import AllianceRating, Invitation
from surveys.services import invitations_create
from tests import cast

PAGE = "/consents/care/withdraw/"
OTHERS = {"share": "on", "matching": "on", "statistics": "on"}


@pytest.fixture
def involved(cleo, mara, jonas, pavel, episode):
    """Cleo in Pavel's care, asking Mara, waiting for Jonas, with a mark."""
    cast.make_introduction(cleo, mara)
    Wait.objects.create(client=cleo, therapist=jonas)
    mark_set(client=cleo, therapist=mara, kind="favourite", by=SystemActor.COMMAND)
    return cleo


def rows_of(client):
    kinds = (Intake, StylePreference, Mark, Wait)
    return {kind.__name__ for kind in kinds if kind.objects.filter(client=client).exists()}


def test_unticking_care_leads_to_what_ends_and_changes_nothing(as_client, involved):
    assert as_client.post("/consents/", OTHERS).url == PAGE
    body = as_client.get(PAGE).text
    for words in (
        "Your care with Pavel Novák ends today",
        "Your request to meet Mara Albrecht is withdrawn",
        "You wait no more for a place with Jonas Okafor",
    ):
        assert words in body
    assert Consent.objects.filter(client=involved, withdrawn_at=None).count() == 4
    assert Episode.objects.open().filter(client=involved).exists()


def test_one_press_ends_it_all(as_client, involved):
    before = rows_of(involved)
    assert before == {"Intake", "StylePreference", "Mark", "Wait"}

    answer = as_client.post(PAGE, follow=True)

    assert "Taken back" in answer.text
    assert not Consent.objects.filter(client=involved, withdrawn_at=None).exists()
    assert not Episode.objects.open().filter(client=involved).exists()
    assert Introduction.objects.get(client=involved).state == Introduction.State.WITHDRAWN
    assert rows_of(involved) == set()
    involved.refresh_from_db()
    assert involved.status == Client.Status.ENDED


def test_an_agreed_meeting_is_called_off(as_client, cleo, mara):
    asked = cast.make_introduction(cleo, mara)
    introduction_accept(introduction=asked, hour=cast.NOON, by=SystemActor.COMMAND)
    assert "is called off" in as_client.get(PAGE).text
    as_client.post(PAGE)
    asked.refresh_from_db()
    assert asked.state == Introduction.State.CLIENT_OFF
    assert not Episode.objects.open().filter(client=cleo).exists()


@pytest.mark.parametrize(("tick", "told"), [({}, False), ({"notifies_therapist": "1"}, True)])
def test_a_kind_note_goes_only_where_it_is_wanted(as_client, involved, tick, told):
    as_client.post(PAGE, tick)
    assert EpisodeEnding.objects.get().notifies_therapist is told


def test_nothing_is_asked_after_sessions_any_more_and_the_record_stays(as_client, involved, episode):
    cast.make_rating(episode.sessions.get(number=2), 70)
    as_client.post(PAGE)
    invitations_create(by=SystemActor.WORKER)
    assert not Invitation.objects.filter(session__episode=episode, sent_at__isnull=False).exists()
    assert AllianceRating.objects.filter(session__episode=episode).exists()
    assert episode.sessions.count() == 3


def test_who_took_it_back_can_agree_anew_from_nothing(as_client, involved):
    as_client.post(PAGE)
    assert as_client.get(PAGE).url == "/consents/"
    assert as_client.post("/consents/", OTHERS).status_code == 422
    as_client.post("/consents/", OTHERS | {"care": "on"})
    assert as_client.get(reverse("intake"), follow=True).status_code == 200
    involved.refresh_from_db()
    assert involved.status == Client.Status.SEARCHING


def test_nobody_elses_is_touched(as_client, involved, wim, mara):
    cast.make_introduction(wim, mara)
    before = rows_of(wim)
    as_client.post(PAGE)
    assert Introduction.objects.open().filter(client=wim).exists()
    assert rows_of(wim) == before
