"""Which ratings the estimator may be trained on."""

import pytest
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from clients.models import Purpose
from surveys.models import AllianceRating, Instrument
from surveys.services import rating_withdraw
from tests.cast import make_client, make_episode, make_rating, make_session, refuses, shipped_instrument


def for_training():
    return list(AllianceRating.objects.for_training())


def rate(episode, number, total=80.0):
    session = episode.sessions.filter(number=number).first() or make_session(episode, number)
    return make_rating(session, total)


@pytest.mark.parametrize(
    ("rated", "used"),
    [
        ([3], 3),
        ([2], 2),
        ([4], 4),
        ([2, 3, 4], 3),
        ([4, 2], 2),
        ([1, 4], 4),
        ([1], None),
        ([5], None),
        ([1, 5, 20], None),
    ],
)
def test_it_trains_on_the_rating_nearest_to_session_three(episode, rated, used):
    for number in rated:
        rate(episode, number)

    assert [rating.session.number for rating in for_training()] == ([used] if used else [])


def test_every_episode_gives_one_rating(cleo, mara, jonas):
    for therapist in (mara, jonas):
        episode = make_episode(cleo, therapist)
        rate(episode, 2)
        rate(episode, 3)

    assert sorted(rating.session.code for rating in for_training()) == ["cleo-jonas-1-3", "cleo-mara-1-3"]


def test_of_two_instruments_the_first_rating_counts(third_session, instrument):
    first = make_rating(third_session)
    other = Instrument.objects.get(pk=instrument.pk)
    other.pk, other.code = None, "other"
    other.save()

    make_rating(third_session, 20, instrument=other)

    assert for_training() == [first]


def test_without_a_total_the_next_nearest_counts(episode):
    rate(episode, 3, total=None)
    second = rate(episode, 2)

    assert for_training() == [second]


def test_a_withdrawn_rating_is_not_trained_on_and_the_next_nearest_is(episode):
    third, fourth = rate(episode, 3), rate(episode, 4)

    rating_withdraw(rating=third, by=SystemActor.COMMAND)

    assert for_training() == [fourth]


def test_whoever_did_not_agree_is_not_trained_on(linden, mara):
    ida = make_client(linden, "Ida", consents=[p for p in Purpose.values if p != Purpose.MATCHING])
    rate(make_episode(ida, mara), 3)

    assert for_training() == []


def test_nothing_is_trained_on_after_the_agreement_was_withdrawn(cleo, episode):
    rate(episode, 3)

    cleo.consents.filter(purpose=Purpose.MATCHING).update(withdrawn_at=timezone.now())

    assert for_training() == []


def test_a_new_agreement_counts(cleo, episode):
    rating = rate(episode, 3)
    cleo.consents.update(withdrawn_at=timezone.now())

    cleo.consents.create(purpose=Purpose.MATCHING)

    assert for_training() == [rating]


def test_a_clinic_learns_from_its_own(linden, episode, birch_episode):
    own = rate(episode, 3)
    rate(birch_episode, 3)

    assert list(AllianceRating.objects.in_clinic(linden).for_training()) == [own]


@pytest.mark.parametrize("scale", ["total", "bond", "task", "goal"])
@pytest.mark.parametrize("value", [-0.1, 100.1, float("nan"), float("inf")])
def test_the_database_refuses_a_figure_off_the_scale(third_session, scale, value):
    refuses(f"alliance_rating_{scale}_range", make_rating, session=third_session, **{scale: value})


def test_a_session_is_rated_once_by_an_instrument(third_session):
    shipped_instrument()
    make_rating(third_session)

    refuses("alliance_rating_once", make_rating, session=third_session)
