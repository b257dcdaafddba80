"""One more session is asked about once, and after a later one."""

from alliance_match.accounts.models import Role
from alliance_match.audit.actors import SystemActor
from clients.services import episode_end
from surveys.models import Recheck
from surveys.services import recheck_cancel, recheck_request
from tests import cast


def test_one_more_session_is_wanted_once(episode):
    assert recheck_request(episode=episode, by=SystemActor.COMMAND)
    assert recheck_request(episode=episode, by=SystemActor.COMMAND)

    assert Recheck.objects.wanted(episode).get().after == 3


def test_only_a_later_session_is_the_one_more(episode, third_session):
    recheck_request(episode=episode, by=SystemActor.COMMAND)

    cast.make_check_in(third_session)
    assert Recheck.objects.wanted(episode).exists()

    cast.make_check_in(cast.make_session(episode, 4))
    assert not Recheck.objects.wanted(episode).exists()
    assert Recheck.objects.get().number == 4


def test_another_can_be_wanted_after_that(episode):
    recheck_request(episode=episode, by=SystemActor.COMMAND)
    cast.make_check_in(cast.make_session(episode, 4))

    assert recheck_request(episode=episode, by=SystemActor.COMMAND)
    assert Recheck.objects.wanted(episode).get().after == 4


def test_what_is_not_wanted_any_more_is_not_asked(episode):
    recheck_request(episode=episode, by=SystemActor.COMMAND)

    recheck_cancel(episode=episode, by=SystemActor.COMMAND)
    recheck_cancel(episode=episode, by=SystemActor.COMMAND)

    assert not Recheck.objects.exists()


def test_an_ended_care_has_no_next_session(episode):
    recheck_request(episode=episode, by=SystemActor.COMMAND)
    episode_end(episode=episode, ended_by=Role.CLIENT, by=SystemActor.COMMAND)

    assert not Recheck.objects.wanted(episode).exists()
    assert not recheck_request(episode=episode, by=SystemActor.COMMAND)


def test_the_database_refuses_an_earlier_session(episode):
    done = {"done_at": "2026-03-20T12:00Z", "number": 3, "after": 3}
    cast.refuses("recheck_done_by_a_later_session", Recheck.objects.create, episode=episode, **done)
