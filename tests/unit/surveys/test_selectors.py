"""A check-in leads on to the three options where that may matter, and only there."""

import pytest

from alliance_match.audit.actors import SystemActor
from surveys.models import Response
from surveys.selectors import bond_options_due, readers_for
from surveys.services import rating_withdraw, recheck_request
from tests.cast import make_check_in, make_episode, make_session

Reader = Response.Reader


def test_about_session_three_it_is_the_counted_one(episode):
    _first, second, third = episode.sessions.all()

    make_check_in(second)
    assert bond_options_due(second)

    make_check_in(third)
    assert bond_options_due(third)
    assert not bond_options_due(second)


def test_a_good_first_session_does_not(episode):
    first = episode.sessions.get(number=1)
    make_check_in(first)

    assert not bond_options_due(first)


@pytest.mark.parametrize("told", [{"wants_to_talk": True}, {"bond": "forming"}, {"bond": "not_yet"}])
def test_what_a_client_says_opens_it_after_any_session(episode, told):
    fifth = make_session(episode, 5)
    make_check_in(fifth, **told)

    assert bond_options_due(fifth)


def test_a_flag_opens_it_and_a_withdrawn_answer_does_not(episode):
    fifth = make_session(episode, 5)
    rating = make_check_in(fifth, 1).alliance_rating
    assert bond_options_due(fifth)

    rating_withdraw(rating=rating, by=SystemActor.COMMAND)

    assert not bond_options_due(fifth)


def test_after_one_more_session_it_opens_again(episode):
    recheck_request(episode=episode, by=SystemActor.COMMAND)
    fifth, sixth = make_session(episode, 5), make_session(episode, 6)
    make_check_in(fifth)
    make_check_in(sixth)

    assert bond_options_due(fifth)
    assert not bond_options_due(sixth)


def test_only_who_has_a_page_to_read_on_can_be_told_something(cleo, mara, pavel):
    seen = make_episode(cleo, mara).sessions.get(number=1)
    unseen = make_episode(cleo, pavel).sessions.get(number=1)
    assert set(readers_for(seen)) == {Reader.NOBODY, Reader.THERAPIST}
    assert set(readers_for(unseen)) == {Reader.NOBODY}

    cleo.consents.filter(purpose="share").delete()
    assert set(readers_for(seen)) == {Reader.NOBODY}


def test_an_admin_makes_the_clinic_a_reader(third_session, asha):
    assert Reader.CLINIC in readers_for(third_session)
