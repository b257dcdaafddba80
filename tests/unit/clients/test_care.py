"""Episodes and their sessions, as the database keeps them."""

import datetime

import pytest
from django.db.models import ProtectedError

from clients.models import Episode, Session
from tests.cast import FIRST_DAY, make_episode, refuses

DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("episode_once", {"number": 1}),
        ("episode_ending_has_date", {"ending": "completed"}),
        ("episode_ends_after_start", {"ended_on": FIRST_DAY - DAY}),
        ("episode_ending_known", {"ended_on": FIRST_DAY, "ending": "fled"}),
    ],
)
def test_the_database_refuses_an_episode(linden, episode, constraint, fields):
    pair = {"clinic": linden, "client": episode.client, "therapist": episode.therapist}

    refuses(constraint, Episode.objects.create, **(pair | {"number": 2, "started_on": FIRST_DAY} | fields))


def test_a_pair_may_begin_again(episode):
    again = make_episode(episode.client, episode.therapist, number=2)

    assert again.sessions.count() == 3


def test_an_ending_may_be_on_the_first_day_and_without_a_reason(cleo, mara):
    make_episode(cleo, mara, ended_on=FIRST_DAY)


def test_only_what_has_not_ended_is_open(episode, cleo, mara):
    make_episode(cleo, mara, ended_on=FIRST_DAY)

    assert list(Episode.objects.open()) == [episode]


def test_a_therapist_with_care_given_cannot_be_deleted(episode):
    with pytest.raises(ProtectedError):
        episode.therapist.delete()


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("session_number_once", {"number": 3}),
        ("session_code_once", {"code": "cleo-pavel-1-1"}),
        ("session_number_positive", {"number": 0}),
    ],
)
def test_the_database_refuses_a_session(linden, episode, constraint, fields):
    given = {"clinic": linden, "episode": episode, "code": "new", "number": 4} | fields

    refuses(constraint, Session.objects.create, **given)


def test_the_pair_is_read_in_one_go(episode, django_assert_num_queries):
    with django_assert_num_queries(1):
        pairs = {(one.episode.client.name, one.episode.therapist.name) for one in Session.objects.with_pair()}

    assert pairs == {("Cleo", "Pavel Novák")}
