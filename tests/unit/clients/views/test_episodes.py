"""Each side ends its own care with one press; the client may let the other know kindly."""

import pytest
from django.urls import reverse

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from clients.models import EpisodeEnding, Wait
from clients.services import episode_end
from tests import cast
from therapists.models import Therapist

pytestmark = pytest.mark.usefixtures("pavel_reads")


def end_path(episode):
    return reverse("episode_end", args=[episode.pk])


def undo_path(episode):
    return reverse("ending_undo", args=[episode.pk])


def fresh(row):
    row.refresh_from_db()
    return row


@pytest.fixture
def maras(wim, mara):
    """Wim's care with Mara."""
    return cast.make_episode(wim, mara)


def test_a_client_ends_it_with_one_press_and_resumes_it(as_client, episode):
    answer = as_client.post(end_path(episode), {"ending": "switched", "notifies_therapist": "on"})

    assert answer.url == reverse("care")
    assert (fresh(episode).ending, EpisodeEnding.objects.get().notifies_therapist) == ("switched", True)
    assert undo_path(episode) in as_client.get(reverse("care")).content.decode()

    as_client.post(undo_path(episode))

    assert fresh(episode).ended_on is None


def test_a_client_need_not_say_why(as_client, episode):
    as_client.post(end_path(episode), {"ending": "unsaid"})

    assert fresh(episode).ended_on
    assert (episode.ending, episode.episode_ending.notifies_therapist) == ("", False)


@pytest.mark.parametrize("given", [{}, {"ending": "bored"}, {"ending": ""}])
def test_no_press_ends_nothing(as_client, episode, given):
    assert as_client.post(end_path(episode), given).status_code == 422
    assert fresh(episode).ended_on is None


def test_a_therapist_ends_their_own_and_says_nothing_in_the_clients_name(as_therapist, maras):
    assert b"kindly" not in as_therapist.get(end_path(maras)).content

    answer = as_therapist.post(end_path(maras), {"ending": "completed", "notifies_therapist": "on"})

    assert answer.url == reverse("caseload")
    ending = maras.episode_ending
    assert (fresh(maras).ending, ending.ended_by, ending.notifies_therapist) == (
        "completed",
        "therapist",
        False,
    )


def test_a_therapist_ends_nobody_elses(as_therapist, episode):
    assert as_therapist.get(end_path(episode)).status_code == 404
    assert as_therapist.post(end_path(episode), {"ending": "completed"}).status_code == 404
    assert as_therapist.post(undo_path(episode)).status_code == 404


def test_an_admin_ends_any_of_the_clinic_and_none_of_another(as_admin, as_other_admin, episode, maras):
    page = as_admin.get(reverse("caseload")).content.decode()
    assert "Pavel" in page
    assert "Mara" in page

    assert as_other_admin.post(end_path(episode), {"ending": "outside"}).status_code == 404
    as_admin.post(end_path(episode), {"ending": "outside"})

    assert (fresh(episode).ending, episode.episode_ending.ended_by) == ("outside", "admin")


def test_a_therapists_caseload_lists_their_own_alone_and_no_reason(as_therapist, episode, maras):
    assert list(as_therapist.get(reverse("caseload")).context["page_obj"]) == [maras]
    episode_end(episode=maras, ended_by=Role.CLIENT, ending="stopped", by=SystemActor.COMMAND)

    page = as_therapist.get(reverse("caseload")).content.decode()

    assert "Pavel" not in page
    assert "Wim" not in page
    assert "stopped" not in page


def test_ending_what_has_ended_says_so(as_client, episode):
    episode_end(episode=episode, ended_by=Role.THERAPIST, ending="completed", by=SystemActor.COMMAND)

    answer = as_client.post(end_path(episode), {"ending": "stopped"}, follow=True)

    assert b"has ended already" in answer.content
    assert fresh(episode).ending == "completed"


def test_what_a_therapist_ended_a_client_does_not_resume(as_client, episode):
    episode_end(episode=episode, ended_by=Role.THERAPIST, ending="completed", by=SystemActor.COMMAND)

    answer = as_client.post(undo_path(episode), follow=True)

    assert b"cannot be taken back any more" in answer.content
    assert undo_path(episode) not in answer.content.decode()
    assert fresh(episode).ended_on


def test_undoing_twice_is_undone_once(as_client, episode):
    as_client.post(end_path(episode), {"ending": "unsaid"})

    as_client.post(undo_path(episode))
    answer = as_client.post(undo_path(episode), follow=True)

    assert b"cannot be taken back" not in answer.content
    assert fresh(episode).ended_on is None


def test_who_does_not_read_here_is_not_notified(as_client, cleo, jonas):
    episode = cast.make_episode(cleo, jonas)
    page = as_client.get(end_path(episode)).text
    assert 'name="notifies_therapist"' not in page
    assert "Nobody but you reads why" in page

    as_client.post(end_path(episode), {"ending": "switched", "notifies_therapist": "on"})
    assert (fresh(episode).ending, EpisodeEnding.objects.get().notifies_therapist) == ("switched", False)


@pytest.fixture
def pavel_left(pavel):
    """Pavel, who has left the clinic."""
    Therapist.objects.filter(pk=pavel.pk).update(status="left", user=None)
    return fresh(pavel)


def test_care_with_who_left_is_handed_over_first(as_admin, episode, maras, pavel_left):
    answer = as_admin.get(reverse("caseload"))

    assert list(answer.context["page_obj"]) == [episode, maras]
    assert "1 client is in care with somebody who has left" in answer.content.decode()


def test_nobody_is_handed_over_while_all_are_here(as_admin, episode):
    assert "somebody who has left" not in as_admin.get(reverse("caseload")).content.decode()


def test_a_client_reads_that_their_therapist_left_and_how_it_goes_on(as_client, episode, pavel_left):
    body = as_client.get(reverse("care")).content.decode()

    assert "has left the clinic, and that is nothing that you did" in body
    assert reverse("bond_others", args=[episode.pk]) in body
    assert reverse("therapist", args=[pavel_left.pk]) not in body
    assert as_client.get(reverse("bond_others", args=[episode.pk])).status_code == 200


def test_a_wait_for_who_left_can_be_ended(as_client, cleo, pavel_left):
    Wait.objects.create(client=cleo, therapist=pavel_left)

    assert "there will be no place" in as_client.get(reverse("introductions")).content.decode()
    as_client.post(reverse("wait", args=[pavel_left.pk]), {"kind": ""})

    assert not Wait.objects.exists()
    assert as_client.post(reverse("wait", args=[pavel_left.pk]), {"kind": "wait"}).status_code == 404
