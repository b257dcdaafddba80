"""An answer that is changed or taken back is removed as exactly as it was added."""

import numpy as np
import pytest

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import RescoreRun, TrainingRow
from alliance_match.matching.services import pending_rescores_process
from clients.services import session_log
from surveys.models import AllianceRating, Response
from surveys.services import check_in_submit, rating_withdraw, sharing_set
from tests import cast
from tests.unit.matching.services.test_moved_sessions import assert_trained_on_what_may_be_used
from tests.unit.matching.states import newest_state


@pytest.fixture
def coefficients(fitted_clinic):
    """A function that processes what is pending and gives what the estimator then knows."""

    def coefficients():
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
        assert_trained_on_what_may_be_used(fitted_clinic)
        return newest_state(fitted_clinic).coefficients

    return coefficients


def last_ratings_on_the_log():
    """How many ratings the last step that took some in took in."""
    return RescoreRun.objects.filter(ratings__gt=0).values_list("ratings", flat=True).first()


def same(first, second):
    return np.allclose(first, second, rtol=0, atol=1e-9)


def test_an_edit_leaves_what_the_second_answer_alone_would_have(third_session, coefficients):
    cast.make_check_in(third_session, 9)
    nine = coefficients()
    cast.make_check_in(third_session, 2)
    two = coefficients()
    cast.make_check_in(third_session, 9)

    assert not same(nine, two)
    assert same(coefficients(), nine)
    assert TrainingRow.objects.get(rating__session=third_session).score == 90


def test_each_edit_shows_on_the_re_scoring_log(third_session, coefficients):
    for answer in (9, 2, 5):
        cast.make_check_in(third_session, answer)
        coefficients()
        assert last_ratings_on_the_log() == 1


def test_an_edit_that_leaves_too_few_answers_is_removed(third_session, coefficients, instrument):
    before = coefficients()
    cast.make_check_in(third_session, 9)
    coefficients()

    check_in_submit(
        session=third_session, instrument=instrument, answers={"item_1": 9}, extras={}, by=SystemActor.COMMAND
    )

    assert same(coefficients(), before)


def test_what_is_taken_back_is_removed_and_shows_on_the_log(third_session, coefficients):
    before = coefficients()
    response = cast.make_check_in(third_session, 9)
    coefficients()

    rating_withdraw(rating=response.alliance_rating, by=SystemActor.COMMAND)

    assert same(coefficients(), before)
    assert last_ratings_on_the_log() == 1


def test_an_edit_of_what_is_not_scored_teaches_nothing_new(third_session, coefficients):
    response = cast.make_check_in(third_session, 9)
    before, runs = coefficients(), RescoreRun.objects.filter(ratings__gt=0).count()

    cast.make_check_in(third_session, 9, comment="and thanks")
    sharing_set(response=response, shared=True, by=SystemActor.COMMAND)

    assert same(coefficients(), before)
    assert RescoreRun.objects.filter(ratings__gt=0).count() == runs
    assert Response.objects.get().comment == "and thanks"


def test_a_marked_answer_is_used_like_any_other(third_session, coefficients):
    cast.make_check_in(third_session, 5)

    coefficients()

    assert Response.objects.get().straight_lined
    assert TrainingRow.objects.filter(rating__session=third_session).exists()


def test_logging_a_forgotten_session_changes_nothing_that_was_fitted(episode, coefficients, asha):
    cast.make_check_in(episode.sessions.get(number=2), 9)
    before = coefficients()

    session_log(episode=episode, held_on=cast.FIRST_DAY + cast.WEEK * 1.5, by=asha)

    assert same(coefficients(), before)
    assert AllianceRating.objects.get(response__isnull=False).session.number == 2
