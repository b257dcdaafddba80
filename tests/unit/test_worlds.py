"""A world is in each test as it was made, whatever the others did with it."""

import pytest

from alliance_match.accounts.models import User
from alliance_match.matching.models import PendingRescore
from clients.models import Client, Episode
from surveys.models import AllianceRating
from tests import cast, people, worlds


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Cleo in Pavel's care, with one answer."""
    with django_db_blocker.unblock():
        return worlds.world(make)


def make():
    linden = people.linden()
    cleo, pavel = people.cleo(linden), people.pavel(linden)
    episode = cast.make_episode(cleo, pavel)
    cast.make_check_in(episode.sessions.get(number=3), 8)
    PendingRescore.objects.all().delete()
    return cleo, episode


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_changes_the_next_finds_as_it_was(db, made, turn):
    cleo, episode = made.open()
    assert (cleo.status, Client.objects.get().status) == ("searching", "searching")
    assert Client.objects.get() == cleo
    assert Episode.objects.get().therapist.name == "Pavel Novák"
    assert AllianceRating.objects.get().session == episode.sessions.get(number=3)

    Client.objects.update(status="ended")
    AllianceRating.objects.all().delete()
    cleo.status = "ended"


def test_nothing_is_pending_that_was_not(db, made):
    made.open()
    assert not PendingRescore.objects.exists()


def test_triggers_watch_again_once_it_is_laid_down(db, made):
    _cleo, episode = made.open()
    cast.make_check_in(episode.sessions.get(number=2), 3)
    assert PendingRescore.objects.exists()


def test_of_making_one_nothing_stays(db, made):
    assert not Client.objects.exists()
    assert not User.objects.exists()
