"""A check-in is stored whole and once, however often and however fast it is sent."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from clients.models import Session
from surveys.models import AllianceRating, Response
from surveys.services import CheckInClosedError, check_in_submit, rating_withdraw, sharing_set
from tests.cast import ITEMS, make_check_in, make_rating, refuses, shipped_instrument


def submit(session, instrument, **answers):
    return check_in_submit(
        session=session, instrument=instrument, answers=answers, extras={}, by=SystemActor.COMMAND
    )


def test_it_stores_the_answers_and_their_rating(third_session, linden):
    response = make_check_in(third_session, 8, bond="forming", comment="Good.", comment_reader="clinic")

    assert response.answers == dict.fromkeys(ITEMS, 8)
    assert (response.bond, response.comment, response.comment_reader) == ("forming", "Good.", "clinic")
    rating = response.alliance_rating
    assert (rating.total, rating.bond, rating.task, rating.goal) == (80, 80, 80, 80)
    assert (rating.clinic, rating.session) == (linden, third_session)


def test_too_few_answers_are_kept_without_a_total(third_session, instrument):
    rating = submit(third_session, instrument, item_1=8, item_2=None).alliance_rating

    assert (rating.total, rating.bond, rating.task, rating.goal) == (None, 80, None, None)


def test_the_same_answers_again_give_the_stored_response(third_session):
    first = make_check_in(third_session, 8)

    assert make_check_in(third_session, 8) == first
    assert AllianceRating.objects.count() == 1


def age(response, **ago):
    """Let a response have been sent so long ago."""
    sent = timezone.now() - datetime.timedelta(**ago)
    Response.objects.filter(pk=response.pk).update(submitted_at=sent)


def why(error):
    return error.value.why.value


@pytest.mark.parametrize(
    "other", [{"comment": "mine"}, {"comment_reader": "nobody"}, {"wants_to_talk": True}, {"bond": "yes"}]
)
def test_within_a_day_what_is_told_can_be_changed(third_session, other):
    first = make_check_in(third_session, 8, comment="yours", comment_reader="therapist")

    changed = make_check_in(third_session, 8, **{"comment": "yours", "comment_reader": "therapist"} | other)

    assert changed.pk == first.pk
    assert changed.edited_at is not None
    assert {name: getattr(changed, name) for name in other} == other


def test_within_a_day_the_rating_follows_the_answers(third_session):
    first = make_check_in(third_session, 8)
    age(first, hours=23, minutes=59)

    make_check_in(third_session, 3)

    rating = AllianceRating.objects.get()
    assert (rating.response, rating.total, rating.bond, rating.task, rating.goal) == (first, 30, 30, 30, 30)
    assert Response.objects.get().answers == dict.fromkeys(ITEMS, 3)


def test_an_answer_that_became_too_short_takes_its_total_back(third_session, instrument):
    make_check_in(third_session, 8)

    rating = submit(third_session, instrument, item_1=8).alliance_rating

    assert (rating.total, rating.bond, rating.task) == (None, 80, None)


def test_after_a_day_the_first_answers_stand(third_session):
    first = make_check_in(third_session, 8)
    age(first, hours=24)

    with pytest.raises(CheckInClosedError) as error:
        make_check_in(third_session, 3)

    assert why(error) == "locked"
    assert make_check_in(third_session, 8) == first
    assert AllianceRating.objects.get().total == 80


def test_the_database_itself_takes_no_edit_after_a_day(third_session):
    first = make_check_in(third_session, 8)
    late = first.submitted_at + datetime.timedelta(hours=24)

    refuses("response_edited_within_a_day", Response.objects.update, edited_at=late)


def test_what_was_taken_back_is_not_answered_again(third_session):
    rating_withdraw(rating=make_check_in(third_session, 8).alliance_rating, by=SystemActor.COMMAND)

    with pytest.raises(CheckInClosedError) as error:
        make_check_in(third_session, 3)

    assert why(error) == "withdrawn"


def test_a_session_to_come_is_not_answered(third_session):
    Session.objects.update(held_on=timezone.localdate() + datetime.timedelta(days=2))

    with pytest.raises(CheckInClosedError) as error:
        make_check_in(third_session, 8)

    assert why(error) == "to_come"
    assert not Response.objects.exists()


def test_a_session_that_left_the_log_is_not_answered(third_session):
    Session.objects.filter(pk=third_session.pk).delete()

    with pytest.raises(CheckInClosedError) as error:
        make_check_in(third_session, 8)

    assert why(error) == "gone"


def test_an_edit_stays_with_the_version_first_answered(third_session, instrument):
    make_check_in(third_session, 8)
    instrument.pk, instrument.version = None, 2
    instrument.save()

    with pytest.raises(CheckInClosedError):
        submit(third_session, instrument, item_1=3)
    assert AllianceRating.objects.get().total == 80


@pytest.mark.parametrize(("seconds", "hasty"), [(None, False), (14, True), (16, False)])
def test_an_answer_in_a_hurry_is_marked_and_counts(third_session, instrument, seconds, hasty):
    answers = dict.fromkeys(ITEMS, 8) | {"item_1": 7}

    response = check_in_submit(
        session=third_session,
        instrument=instrument,
        answers=answers,
        extras={},
        seconds=seconds,
        by=SystemActor.COMMAND,
    )

    assert (response.hasty, response.straight_lined) == (hasty, False)
    assert AllianceRating.objects.for_training().exists()


def test_a_straight_line_is_marked_until_it_is_none(third_session):
    assert make_check_in(third_session, 8).straight_lined
    assert not make_check_in(third_session, 10).straight_lined


def test_what_is_taken_back_is_told_to_nobody(third_session):
    told = {"wants_to_talk": True, "shared_with_therapist": True}
    response = make_check_in(third_session, 8, comment="x", comment_reader="clinic", **told)

    rating_withdraw(rating=response.alliance_rating, by=SystemActor.COMMAND)
    sharing_set(response=response, shared=True, by=SystemActor.COMMAND)

    response.refresh_from_db()
    assert not response.wants_to_talk
    assert not response.shared_with_therapist
    assert response.comment_reader == "nobody"


def test_sharing_is_given_and_taken(third_session):
    response = make_check_in(third_session, 8)

    for shared in (True, False):
        sharing_set(response=response, shared=shared, by=SystemActor.COMMAND)
        response.refresh_from_db()
        assert response.shared_with_therapist is shared


def test_a_rating_that_was_imported_stands(third_session):
    make_rating(third_session, 55)

    with pytest.raises(CheckInClosedError) as error:
        make_check_in(third_session, 8)

    assert why(error) == "elsewhere"
    assert not Response.objects.exists()
    assert AllianceRating.objects.get().total == 55


@pytest.mark.parametrize("answers", [{"item_1": 11}, {"item_9": 1}])
def test_bad_answers_store_nothing(third_session, instrument, answers):
    with pytest.raises(ValueError, match="item_"):
        submit(third_session, instrument, **answers)

    assert not Response.objects.exists()


def test_a_rating_is_withdrawn(third_session):
    rating = make_rating(third_session)

    rating_withdraw(rating=rating, by=SystemActor.COMMAND)

    rating.refresh_from_db()
    assert rating.withdrawn_at is not None


def test_a_rating_withdrawn_before_keeps_its_time(third_session):
    before = timezone.now() - datetime.timedelta(days=1)
    rating = make_rating(third_session, withdrawn_at=before)

    rating_withdraw(rating=rating, by=SystemActor.COMMAND)

    rating.refresh_from_db()
    assert rating.withdrawn_at == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", [8, 3], ids=["the same", "different"])
def test_two_posts_at_the_same_moment_make_one_rating(third_session, second):
    shipped_instrument()
    results = []
    both_ready = threading.Barrier(2, timeout=10)

    def post(answer):
        try:
            both_ready.wait()
            results.append(make_check_in(third_session, answer).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=(answer,)) for answer in (8, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    stored = Response.objects.get().pk
    assert results == [stored, stored]
    assert AllianceRating.objects.get().total == Response.objects.get().answers["item_1"] * 10
