"""A check-in is stored whole and once, however often and however fast it is sent."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from surveys.models import AllianceRating, Response
from surveys.services import AlreadyAnsweredError, check_in_submit, rating_withdraw
from tests.cast import ITEMS, make_check_in, make_rating, shipped_instrument


def submit(session, instrument, **answers):
    return check_in_submit(session=session, instrument=instrument, answers=answers, extras={})


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


@pytest.mark.parametrize(
    "other", [{"comment": "mine"}, {"comment_reader": "nobody"}, {"wants_to_talk": True}, {"bond": "yes"}]
)
def test_the_same_answers_told_to_others_are_refused(third_session, other):
    first = make_check_in(third_session, 8, comment="yours", comment_reader="therapist")

    with pytest.raises(AlreadyAnsweredError):
        make_check_in(third_session, 8, **{"comment": "yours", "comment_reader": "therapist"} | other)

    assert Response.objects.get() == first


def test_other_answers_are_refused_and_the_first_stand(third_session):
    first = make_check_in(third_session, 8)

    with pytest.raises(AlreadyAnsweredError):
        make_check_in(third_session, 3)

    assert Response.objects.get() == first
    assert AllianceRating.objects.get().total == 80


def test_a_rating_that_was_imported_stands(third_session):
    make_rating(third_session, 55)

    with pytest.raises(AlreadyAnsweredError):
        make_check_in(third_session, 8)

    assert not Response.objects.exists()
    assert AllianceRating.objects.get().total == 55


@pytest.mark.parametrize("answers", [{"item_1": 11}, {"item_9": 1}])
def test_bad_answers_store_nothing(third_session, instrument, answers):
    with pytest.raises(ValueError, match="item_"):
        submit(third_session, instrument, **answers)

    assert not Response.objects.exists()


def test_a_rating_is_withdrawn(third_session):
    rating = make_rating(third_session)

    rating_withdraw(rating=rating)

    rating.refresh_from_db()
    assert rating.withdrawn_at is not None


def test_a_rating_withdrawn_before_keeps_its_time(third_session):
    before = timezone.now() - datetime.timedelta(days=1)
    rating = make_rating(third_session, withdrawn_at=before)

    rating_withdraw(rating=rating)

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
        except AlreadyAnsweredError:
            results.append("answered before")
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=(answer,)) for answer in (8, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    stored = Response.objects.get().pk
    assert sorted(results, key=str) == ([stored, stored] if second == 8 else [stored, "answered before"])
    assert AllianceRating.objects.count() == 1
