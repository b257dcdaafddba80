"""Episodes, as the database keeps them."""

import datetime

import pytest
from django.db.models import ProtectedError

from clients.models import Episode
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
