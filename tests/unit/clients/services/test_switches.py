"""Whoever searches for somebody else stays in care until one has agreed, and nobody hears of it before."""

from datetime import timedelta

import pytest

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from clients.models import Episode, EpisodeEnding, Switch
from clients.services import (
    episode_end,
    episode_resume,
    introduction_accept,
    introduction_call_off,
    switch_begin,
    switch_stop,
)
from tests import cast
from therapists.models import Therapist


@pytest.fixture
def in_care(cleo, episode):
    """Cleo is in care with Pavel and searches for nobody."""
    cleo.status = "in_care"
    cleo.save()
    return cleo


def fresh(row):
    row.refresh_from_db()
    return row


def agree(client, therapist):
    asked = cast.make_introduction(client, therapist)
    introduction_accept(introduction=asked, hour=cast.NOON, by=SystemActor.COMMAND)
    return fresh(asked)


def test_a_switch_brings_suggestions_and_ends_nothing(in_care, episode):
    switch_begin(episode=episode, ends_episode=False, notifies_therapist=False, by=SystemActor.COMMAND)

    assert fresh(in_care).status == "searching"
    assert fresh(episode).ended_on is None
    assert not EpisodeEnding.objects.exists()


def test_a_second_switch_keeps_what_was_chosen_last_and_the_status_before(in_care, episode):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=True, by=SystemActor.COMMAND)
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=False, by=SystemActor.COMMAND)

    switch = Switch.objects.get()
    assert (switch.ends_episode, switch.notifies_therapist, switch.status_before) == (True, False, "in_care")


def test_nobody_is_notified_of_what_does_not_end(in_care, episode):
    switch_begin(episode=episode, ends_episode=False, notifies_therapist=True, by=SystemActor.COMMAND)

    assert not Switch.objects.get().notifies_therapist


@pytest.mark.parametrize("status", ["searching", "waiting"])
def test_who_searches_already_searches_on(episode, cleo, status):
    cleo.status = status
    cleo.save()

    switch_begin(episode=episode, ends_episode=False, notifies_therapist=False, by=SystemActor.COMMAND)
    assert fresh(cleo).status == status

    switch_stop(episode=episode, by=SystemActor.COMMAND)
    assert fresh(cleo).status == status


def test_staying_takes_the_suggestions_away_again(in_care, episode):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=True, by=SystemActor.COMMAND)

    switch_stop(episode=episode, by=SystemActor.COMMAND)
    switch_stop(episode=episode, by=SystemActor.COMMAND)

    assert fresh(in_care).status == "in_care"
    assert not Switch.objects.exists()


def test_where_care_has_ended_meanwhile_one_searches_all_the_same(cleo, pavel):
    ended = cast.make_episode(cleo, pavel, ended_on=cast.FIRST_DAY)
    cleo.status = "ended"
    cleo.save()

    switch_begin(episode=ended, ends_episode=True, notifies_therapist=True, by=SystemActor.COMMAND)

    assert fresh(cleo).status == "searching"
    assert not Switch.objects.exists()


@pytest.mark.parametrize("notifies", [True, False])
def test_when_somebody_else_has_agreed_it_ends_as_was_wished(in_care, episode, mara, notifies):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=notifies, by=SystemActor.COMMAND)
    asked = cast.make_introduction(in_care, mara)
    assert fresh(episode).ended_on is None

    introduction_accept(introduction=asked, hour=cast.NOON, by=SystemActor.COMMAND)

    ending = episode.episode_ending
    assert (fresh(episode).ending, ending.ended_by) == ("switched", "client")
    assert ending.notifies_therapist == notifies
    assert list(in_care.episodes.open().values_list("therapist", flat=True)) == [mara.pk]


def test_without_that_wish_both_go_on(in_care, episode, mara):
    switch_begin(episode=episode, ends_episode=False, notifies_therapist=False, by=SystemActor.COMMAND)

    agree(in_care, mara)

    assert in_care.episodes.open().count() == 2


def test_another_clients_agreement_ends_nothing(in_care, episode, wim, mara):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=True, by=SystemActor.COMMAND)

    agree(wim, mara)

    assert fresh(episode).ended_on is None


def call_off(meeting, by_client=False):
    introduction_call_off(introduction=meeting, by_client=by_client, by=SystemActor.COMMAND)


@pytest.mark.parametrize("by_client", [True, False])
@pytest.mark.parametrize("later", [timedelta(), timedelta(days=20)])
def test_where_that_meeting_is_called_off_the_care_can_go_on(in_care, episode, mara, by_client, later):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=True, by=SystemActor.COMMAND)
    agreed = agree(in_care, mara)
    EpisodeEnding.objects.update(ended_at=agreed.answered_at - later)

    call_off(agreed, by_client)

    assert fresh(episode).ended_on
    assert episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)
    assert list(in_care.episodes.open()) == [episode]
    assert not EpisodeEnding.objects.exists()
    assert fresh(in_care).status == "searching"


def of_long_ago(meeting):
    """A meeting whose agreement ended care more than a day ago."""
    EpisodeEnding.objects.filter(meeting=meeting).update(ended_at=meeting.answered_at - timedelta(days=2))
    return meeting


@pytest.mark.parametrize("first", [0, 1])
def test_it_can_once_there_is_nobody_else(in_care, episode, mara, jonas, first):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=False, by=SystemActor.COMMAND)
    meetings = [of_long_ago(agree(in_care, mara)), agree(in_care, jonas)]

    call_off(meetings[first])
    assert not episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)

    call_off(meetings[1 - first])
    assert episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)


def test_what_ended_for_another_reason_stays_ended(in_care, episode, mara):
    switch_begin(episode=episode, ends_episode=False, notifies_therapist=False, by=SystemActor.COMMAND)
    agreed = agree(in_care, mara)
    episode_end(episode=episode, ended_by=Role.CLIENT, ending="switched", by=SystemActor.COMMAND)
    EpisodeEnding.objects.update(ended_at=agreed.answered_at - timedelta(days=2))
    call_off(agreed)

    assert not episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)


def test_what_the_clinic_has_noted_otherwise_since_stays(in_care, episode, mara):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=False, by=SystemActor.COMMAND)
    call_off(of_long_ago(agree(in_care, mara)))
    Episode.objects.filter(pk=episode.pk).update(ending="completed")

    assert not episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)


def test_care_with_a_therapist_who_has_left_does_not_go_on(in_care, episode, mara, pavel):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=False, by=SystemActor.COMMAND)
    call_off(of_long_ago(agree(in_care, mara)))
    Therapist.objects.filter(pk=pavel.pk).update(status="left")

    assert not episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)


def test_only_the_client_lets_it_go_on(in_care, episode, mara):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=False, by=SystemActor.COMMAND)
    call_off(of_long_ago(agree(in_care, mara)))

    assert not episode_resume(episode=episode, ended_by=Role.THERAPIST, by=SystemActor.COMMAND)
    assert not episode_resume(episode=episode, ended_by=Role.ADMIN, by=SystemActor.COMMAND)


def test_the_next_agreement_ends_it_again(in_care, episode, mara, jonas):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=False, by=SystemActor.COMMAND)
    call_off(agree(in_care, mara))
    episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)

    agree(in_care, jonas)

    assert fresh(episode).ending == "switched"


def test_who_stays_after_it_has_ended_learns_so(in_care, episode, mara):
    switch_begin(episode=episode, ends_episode=True, notifies_therapist=True, by=SystemActor.COMMAND)
    agree(in_care, mara)

    assert not switch_stop(episode=episode, by=SystemActor.COMMAND)
    assert fresh(in_care).status == "searching"


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_switches_the_last_one_stopped_restores_the_status(in_care, episode, mara, first):
    both = [episode, cast.make_episode(in_care, mara)]
    for one in both:
        switch_begin(episode=one, ends_episode=False, notifies_therapist=False, by=SystemActor.COMMAND)

    switch_stop(episode=both[first], by=SystemActor.COMMAND)
    assert fresh(in_care).status == "searching"
    switch_stop(episode=both[1 - first], by=SystemActor.COMMAND)
    assert fresh(in_care).status == "in_care"


def test_the_database_refuses_to_notify_of_no_ending(episode):
    fields = {"episode": episode, "status_before": "in_care"}

    cast.refuses("switch_notifies_of_an_ending", Switch.objects.create, notifies_therapist=True, **fields)
    cast.refuses("switch_status_known", Switch.objects.create, episode=episode)
