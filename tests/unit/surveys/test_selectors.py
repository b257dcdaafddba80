"""A check-in leads on to the three doors where that may matter, and only there."""

import pytest

from surveys.selectors import fork_opens
from surveys.services import rating_withdraw, recheck_want
from tests.cast import make_check_in, make_session


def test_about_session_three_it_is_the_counted_one(episode):
    _first, second, third = episode.sessions.all()

    make_check_in(second)
    assert fork_opens(second)

    make_check_in(third)
    assert fork_opens(third)
    assert not fork_opens(second)


def test_a_good_first_session_does_not(episode):
    first = episode.sessions.get(number=1)
    make_check_in(first)

    assert not fork_opens(first)


@pytest.mark.parametrize("told", [{"wants_to_talk": True}, {"bond": "forming"}, {"bond": "not_yet"}])
def test_what_a_client_says_opens_it_after_any_session(episode, told):
    fifth = make_session(episode, 5)
    make_check_in(fifth, **told)

    assert fork_opens(fifth)


def test_a_flag_opens_it_and_a_withdrawn_answer_does_not(episode):
    fifth = make_session(episode, 5)
    rating = make_check_in(fifth, 1).alliance_rating
    assert fork_opens(fifth)

    rating_withdraw(rating=rating)

    assert not fork_opens(fifth)


def test_after_one_more_session_it_opens_again(episode):
    recheck_want(episode=episode)
    fifth, sixth = make_session(episode, 5), make_session(episode, 6)
    make_check_in(fifth)
    make_check_in(sixth)

    assert fork_opens(fifth)
    assert not fork_opens(sixth)
