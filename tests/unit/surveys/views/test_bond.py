"""Three options, in three taps at most, for one's own care alone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from clients.services import consents_choose, episode_end
from surveys.forms import OPENINGS
from surveys.models import Note, Recheck
from tests import cast

pytestmark = pytest.mark.usefixtures("pavel_reads")


def path(name, episode):
    return reverse(name, args=[episode.pk])


@pytest.fixture
def with_mara(cleo, mara):
    """Cleo's care with Mara, who can log in and read."""
    return cast.make_episode(cleo, mara)


def test_the_thanks_lead_there(as_client, third_session):
    cast.make_check_in(third_session)

    page = as_client.get(reverse("check_in_done", args=[third_session.pk])).content.decode()

    assert "Look at the three ways" in page
    assert path("bond", third_session.episode) in page


def test_the_three_options_are_there_and_nobody_asks_why(as_client, episode):
    page = as_client.get(path("bond", episode)).content.decode()

    assert all(path(name, episode) in page for name in ("bond_talk", "bond_again", "bond_others"))
    assert "reason" not in page.lower()
    assert "You don’t have to explain" in page


def test_words_are_sent_as_they_were_changed(as_client, with_mara):
    as_client.post(path("bond_talk", with_mara), {"text": "I would like more quiet", "send": "1"})

    note = Note.objects.get()
    assert note.text == "I would like more quiet"
    assert note.sent_at


def test_words_are_kept_found_again_and_thrown_away(as_client, episode):
    as_client.post(path("bond_talk", episode), {"text": "For later", "keep": "1"})

    assert "For later" in as_client.get(reverse("care")).content.decode()
    form = as_client.get(path("bond_talk", episode)).context["form"]
    assert form["text"].value() == "For later"

    delete = path("note_delete", Note.objects.get())
    assert as_client.post(delete).url == reverse("care")
    assert not Note.objects.exists()
    assert as_client.post(delete).status_code == 404


def test_another_beginning_stores_nothing(as_client, episode):
    answer = as_client.post(path("bond_talk", episode), {"text": "My own", "start": "2"})

    assert answer.context["form"]["text"].value() == f"{list(OPENINGS.values())[2]}\n\nMy own"
    assert not Note.objects.exists()


@pytest.mark.parametrize("text", ["", "🙂", "x" * 2001, "a\0b"])
def test_words_that_cannot_be_kept_are_shown_again(as_client, episode, text):
    answer = as_client.post(path("bond_talk", episode), {"text": text, "keep": "1"})

    assert answer.status_code == 422
    assert answer.context["form"]["text"].value() == text
    assert not Note.objects.exists()


def test_without_the_consent_to_share_nothing_is_sent_and_nothing_lost(as_client, with_mara, cleo):
    consents_choose(client=cleo, purposes=["care"], by=SystemActor.COMMAND)
    page = as_client.get(path("bond_talk", with_mara)).content.decode()
    assert 'name="send"' not in page
    assert reverse("consents") in page

    answer = as_client.post(path("bond_talk", with_mara), {"text": "Hello", "send": "1"}, follow=True)

    assert "could not be sent" in answer.content.decode()
    assert Note.objects.get().sent_at is None


def test_words_about_a_care_that_ended_meanwhile_are_kept(as_client, with_mara):
    episode_end(episode=with_mara, ended_by=Role.THERAPIST, ending="completed", by=SystemActor.COMMAND)

    answer = as_client.post(path("bond_talk", with_mara), {"text": "Hello", "send": "1"}, follow=True)

    assert "could not be sent" in answer.content.decode()
    assert "Hello" in answer.content.decode()


def test_one_more_session_and_no_more_of_it(as_client, episode):
    for _tap in range(2):
        as_client.post(path("bond_again", episode), {"kind": "again"})
    assert Recheck.objects.wanted(episode).count() == 1
    assert "After your next session" in as_client.get(reverse("care")).content.decode()

    as_client.post(path("bond_again", episode))

    assert not Recheck.objects.exists()


def test_one_more_session_of_a_care_that_ended_meanwhile_is_explained(as_client, episode):
    episode_end(episode=episode, ended_by=Role.THERAPIST, by=SystemActor.COMMAND)

    answer = as_client.post(path("bond_again", episode), {"kind": "again"}, follow=True)

    assert "no next session" in answer.content.decode()


def test_seeing_others_leads_to_suggestions_and_ends_nothing(as_client, episode, cleo):
    cleo.status = "in_care"
    cleo.save()

    answer = as_client.post(path("bond_others", episode), follow=True)

    assert answer.redirect_chain[-1][0] == reverse("suggestions")
    assert "looking for somebody else than Pavel" in answer.content.decode()
    episode.refresh_from_db()
    assert episode.ended_on is None

    as_client.post(path("bond_stay", episode))

    cleo.refresh_from_db()
    assert cleo.status == "in_care"
    assert "looking for somebody else" not in as_client.get(reverse("suggestions")).content.decode()


def test_telling_of_no_ending_is_asked_about(as_client, episode):
    answer = as_client.post(path("bond_others", episode), {"notifies_therapist": "on"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["notifies_therapist"]


def test_what_was_chosen_is_there_again(as_client, episode):
    as_client.post(path("bond_others", episode), {"ends_episode": "on", "notifies_therapist": "on"})

    form = as_client.get(path("bond_others", episode)).context["form"]

    assert (form["ends_episode"].value(), form["notifies_therapist"].value()) == (True, True)


@pytest.mark.parametrize("name", ["bond", "bond_talk", "bond_others"])
def test_anybody_elses_care_is_not_there(name, as_client, wim, pavel, birch_episode):
    for other in (cast.make_episode(wim, pavel), birch_episode):
        assert as_client.get(path(name, other)).status_code == 404


@pytest.mark.parametrize("name", ["bond_talk", "bond_again", "bond_others", "bond_stay"])
def test_nothing_is_done_about_anybody_elses_care(name, as_client, wim, pavel, birch_episode):
    for other in (cast.make_episode(wim, pavel), birch_episode):
        answer = as_client.post(path(name, other), {"text": "Hello", "send": "1", "kind": "again"})
        assert answer.status_code == 404
    assert not Note.objects.exists()
    assert not Recheck.objects.exists()


def test_anybody_elses_words_stay(as_client, birch_episode):
    note = Note.objects.create(episode=birch_episode, text="Hello")

    assert as_client.post(path("note_delete", note)).status_code == 404
    assert Note.objects.exists()


@pytest.mark.parametrize(("days", "words"), [(3, "First meeting on"), (0, "Since"), (-3, "Since")])
def test_care_that_lies_ahead_has_a_first_meeting(as_client, cleo, mara, days, words):
    cast.make_episode(cleo, mara, sessions=0, started_on=timezone.localdate() + timedelta(days=days))

    page = as_client.get(reverse("care")).text

    assert [said for said in ("First meeting on", "Since") if said in page] == [words]


def test_where_nobody_reads_the_options_promise_no_sending_and_no_telling(as_client, cleo, jonas):
    episode = cast.make_episode(cleo, jonas)

    options = as_client.get(path("bond", episode)).text
    assert "You send them" not in options
    assert "to read out" in options

    others = as_client.get(path("bond_others", episode)).text
    assert "Jonas Okafor does not read here" in others
    assert 'name="notifies_therapist"' not in others

    as_client.post(path("bond_others", episode), {"ends_episode": "on", "notifies_therapist": "on"})
    assert (episode.switch.ends_episode, episode.switch.notifies_therapist) == (True, False)
