"""Care ends with one tap and goes on with another, within a day and by whoever ended it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from clients.models import Episode, EpisodeEnding
from clients.services import episode_end, episode_resume, introduction_accept, wait_begin, waits_notify
from clients.services.introduction_rules import capacity_refusal
from tests import cast
from therapists.models import Therapist

ROLES = [Role.CLIENT, Role.THERAPIST, Role.ADMIN]


def fresh(row):
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("by", ROLES)
def test_it_ends_today_with_its_reason(episode, by):
    assert episode_end(episode=episode, ended_by=by, ending="completed", by=SystemActor.COMMAND)

    assert (fresh(episode).ended_on, episode.ending) == (timezone.localdate(), "completed")
    assert episode.episode_ending.ended_by == by


def test_no_reason_is_needed(episode):
    episode_end(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)

    assert (fresh(episode).ended_on, episode.ending) == (timezone.localdate(), "")


def test_a_second_tap_changes_nothing(episode):
    episode_end(episode=episode, ended_by=Role.CLIENT, ending="completed", by=SystemActor.COMMAND)

    assert not episode_end(episode=episode, ended_by=Role.THERAPIST, ending="stopped", by=SystemActor.COMMAND)
    assert fresh(episode).ending == "completed"
    assert EpisodeEnding.objects.get().ended_by == Role.CLIENT


def test_care_that_has_not_begun_ends_on_its_first_day(cleo, pavel):
    tomorrow = timezone.localdate() + timedelta(days=1)
    episode = cast.make_episode(cleo, pavel, sessions=0, started_on=tomorrow)

    assert episode_end(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)
    assert fresh(episode).ended_on == tomorrow


@pytest.mark.parametrize(
    ("before", "ending", "after"),
    [
        ("in_care", "completed", "ended"),
        ("in_care", "", "ended"),
        ("in_care", "switched", "searching"),
        ("searching", "completed", "searching"),
        ("waiting", "switched", "waiting"),
    ],
)
def test_a_client_in_care_is_so_no_more_and_is_again_after_the_undo(episode, cleo, before, ending, after):
    cleo.status = before
    cleo.save()

    episode_end(episode=episode, ended_by=Role.CLIENT, ending=ending, by=SystemActor.COMMAND)
    assert fresh(cleo).status == after

    assert episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)
    assert fresh(cleo).status == before
    assert (fresh(episode).ended_on, episode.ending) == (None, "")
    assert not EpisodeEnding.objects.exists()


def test_who_sees_somebody_else_too_stays_in_care(episode, cleo, mara):
    cast.make_episode(cleo, mara)
    cleo.status = "in_care"
    cleo.save()

    episode_end(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)

    assert fresh(cleo).status == "in_care"


@pytest.mark.parametrize("by", ROLES)
@pytest.mark.parametrize("back", ROLES)
def test_only_who_ended_it_resumes_it(episode, by, back):
    episode_end(episode=episode, ended_by=by, by=SystemActor.COMMAND)

    assert episode_resume(episode=episode, ended_by=back, by=SystemActor.COMMAND) == (by == back)


def test_after_a_day_it_stays_ended(episode):
    episode_end(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)
    EpisodeEnding.objects.update(ended_at=timezone.now() - timedelta(days=1, seconds=1))

    assert not episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)
    assert fresh(episode).ended_on


def test_an_ending_that_was_imported_is_not_resumed(cleo, pavel):
    episode = cast.make_episode(cleo, pavel, ended_on=timezone.localdate(), ending="stopped")

    assert not episode_resume(episode=episode, ended_by=Role.ADMIN, by=SystemActor.COMMAND)


def test_where_the_two_have_begun_anew_the_old_care_stays_ended(episode, cleo, pavel):
    episode_end(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)
    cast.make_episode(cleo, pavel, number=2)

    assert not episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)
    assert Episode.objects.open().count() == 1


def test_an_episode_that_an_import_opened_again_ends_again(episode):
    episode_end(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)
    Episode.objects.update(ended_on=None, ending="")

    assert episode_end(episode=episode, ended_by=Role.ADMIN, ending="outside", by=SystemActor.COMMAND)
    assert EpisodeEnding.objects.get().ended_by == Role.ADMIN


def test_the_place_is_free_and_who_waits_is_notified(episode, pavel, linden):
    pavel.caseload_cap = 1
    pavel.save()
    waiting = cast.make_client(linden, "Ola", user=cast.make_member(linden, "Ola", Role.CLIENT))
    wait_begin(client=waiting, therapist=pavel, by=SystemActor.COMMAND)
    waits_notify(by=SystemActor.WORKER)
    assert (capacity_refusal(waiting, pavel), mail.outbox) == ("full", [])

    episode_end(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)
    waits_notify(by=SystemActor.WORKER)

    assert capacity_refusal(waiting, pavel) == ""
    assert [one.to for one in mail.outbox] == [[waiting.user.email]]


def test_the_database_refuses_what_is_no_ending(episode):
    fields = {"episode": episode, "status_before": "in_care"}

    cast.refuses("episode_ending_role_known", EpisodeEnding.objects.create, ended_by="nobody", **fields)
    cast.refuses(
        "episode_ending_client_notifies",
        EpisodeEnding.objects.create,
        ended_by="therapist",
        notifies_therapist=True,
        **fields,
    )
    cast.refuses(
        "episode_ending_status_known", EpisodeEnding.objects.create, ended_by="client", episode=episode
    )


@pytest.mark.parametrize("asked", [False, True])
def test_a_place_that_was_offered_stays_so_though_the_pair_go_on(episode, cleo, wim, pavel, asked):
    Therapist.objects.filter(pk=pavel.pk).update(caseload_cap=1, confirmed_at=timezone.now())
    wait_begin(client=wim, therapist=pavel, by=SystemActor.COMMAND)
    episode_end(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)
    waits_notify(by=SystemActor.WORKER)
    meeting = cast.make_introduction(wim, pavel) if asked else None

    assert episode_resume(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)

    pavel.refresh_from_db()
    introduction_accept(
        introduction=meeting or cast.make_introduction(wim, pavel), hour=cast.NOON, by=SystemActor.COMMAND
    )
    assert Episode.objects.open().filter(therapist=pavel).count() == 2
