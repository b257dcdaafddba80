import datetime

import pytest

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.dropouts import dropout_pairs, episode_by_rating, first_session_alliances
from clients.models import Consent
from surveys.services import rating_withdraw
from tests import cast

LATER = cast.FIRST_DAY + datetime.timedelta(days=60)


@pytest.fixture
def stay(linden, mara, cleo):
    """A function that makes care of Cleo with Mara, of so many sessions."""

    def stay(sessions, ended_on=LATER):
        return cast.make_episode(cleo, mara, sessions=sessions, ended_on=ended_on)

    return stay


@pytest.mark.parametrize("sessions", [1, 2])
def test_care_that_ended_before_a_third_session_was_left_early(linden, stay, sessions):
    episode = stay(sessions)
    assert dropout_pairs(linden) == [(episode.pk, episode.client_id, episode.therapist_id)]


def test_care_that_goes_on_may_still_be_rated(linden, stay):
    stay(2, ended_on=None)
    assert dropout_pairs(linden) == []


@pytest.mark.parametrize("sessions", [0, 3, 9])
def test_care_that_never_began_or_had_its_third_session_was_not_left_early(linden, stay, sessions):
    stay(sessions)
    assert dropout_pairs(linden) == []


@pytest.mark.parametrize("withdrawn", [False, True])
def test_care_that_was_rated_at_its_second_session_was_not_left_early(linden, stay, withdrawn):
    rating = cast.make_rating(stay(2).sessions.get(number=2))
    if withdrawn:
        rating_withdraw(rating=rating, by=SystemActor.COMMAND)
    assert dropout_pairs(linden) == []


def test_a_first_session_alone_is_no_rating_to_learn_from(linden, stay):
    episode = stay(2)
    cast.make_rating(episode.sessions.get(number=1), 55)
    assert len(dropout_pairs(linden)) == 1
    assert first_session_alliances(linden) == {episode.pk: 55}


def test_whoever_does_not_agree_is_left_out(linden, stay, cleo):
    stay(1)
    Consent.objects.filter(client=cleo, purpose="matching").update(
        withdrawn_at=datetime.datetime.now(datetime.UTC)
    )
    assert dropout_pairs(linden) == []


def test_a_first_session_taken_back_says_nothing(linden, stay):
    rating = cast.make_rating(stay(2).sessions.get(number=1))
    rating_withdraw(rating=rating, by=SystemActor.COMMAND)
    assert first_session_alliances(linden) == {}


def test_a_first_session_without_a_total_says_nothing(linden, stay):
    cast.make_rating(stay(2).sessions.get(number=1), None)
    assert first_session_alliances(linden) == {}


def test_another_clinics_care_is_never_seen(linden, birch_episode):
    birch_episode.sessions.filter(number__gte=2).delete()
    type(birch_episode).objects.update(ended_on=LATER)
    rating = cast.make_rating(birch_episode.sessions.get(number=1))
    assert dropout_pairs(birch_episode.clinic)
    assert (dropout_pairs(linden), first_session_alliances(linden), episode_by_rating(linden)) == ([], {}, {})
    assert episode_by_rating(birch_episode.clinic) == {rating.pk: birch_episode.pk}
