"""A rating's flags stand beside it, follow it, and go with it."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from alliance_match.audit.actors import SystemActor
from clients.models import Consent
from surveys.flags import ENOUGH_TO_COMPARE, FlagKind, FlagStrength
from surveys.models import AllianceRating, Flag, RatingNorm
from surveys.services import rating_withdraw, unexpected_flags_add
from surveys.services.flags import flags_renew
from tests import cast


def kinds(rating):
    return dict(rating.flags.values_list("kind", "strength"))


@pytest.fixture
def crowd(linden, jonas):
    """Fifty others who rated their third session 51 to 100."""
    for k in range(ENOUGH_TO_COMPARE):
        client = cast.make_client(linden, f"Rater{k}", status="ended")
        episode = cast.make_episode(client, jonas)
        cast.make_rating(episode.sessions.get(number=3), 51.0 + k)


def test_a_check_in_is_flagged_as_it_is_stored(third_session):
    low = cast.make_check_in(third_session, 2, wants_to_talk=True, bond="not_yet").alliance_rating

    assert kinds(low) == {FlagKind.TALK: 3, FlagKind.LOW: 1, FlagKind.ITEM: 1, FlagKind.NOT_YET: 1}


def test_a_good_one_has_no_flag(third_session):
    assert kinds(cast.make_check_in(third_session, 8, bond="forming").alliance_rating) == {}


def test_from_fifty_on_it_is_compared_with_the_clinics_others(third_session, crowd):
    rating = cast.make_rating(third_session, 60.7)  # a fifth of the way from 51 to 100 is 60.8
    flags_renew(rating=rating)
    assert FlagKind.LOW in kinds(rating)

    rating.total = 60.9
    rating.save()
    flags_renew(rating=rating)
    assert kinds(rating) == {}


def test_only_who_agrees_to_figures_is_compared_with(third_session, crowd):
    Consent.objects.filter(client__code="rater49", purpose="statistics").delete()
    rating = cast.make_rating(third_session, 60.7)

    flags_renew(rating=rating)

    assert kinds(rating) == {}  # forty-nine are too few, and 60 is the fixed cut-off


def test_other_clinics_sessions_and_instruments_are_not_compared_with(third_session, crowd, birch_episode):
    rating = cast.make_rating(birch_episode.sessions.get(number=3), 60.5)
    flags_renew(rating=rating)
    second = cast.make_rating(third_session.episode.sessions.get(number=2), 60.5)
    flags_renew(rating=second)

    assert (kinds(rating), kinds(second)) == ({}, {})


@pytest.fixture
def long_history(monkeypatch, crowd):
    """What a clinic has from its hundredth rating on."""
    monkeypatch.setattr("surveys.services.norms.KEPT_FROM", ENOUGH_TO_COMPARE)


def test_from_a_hundred_on_they_are_counted_once_a_day(third_session, long_history):
    rating = cast.make_rating(third_session, 60.7)
    flags_renew(rating=rating)
    AllianceRating.objects.exclude(pk=rating.pk).update(total=50.0)

    flags_renew(rating=rating)
    assert FlagKind.LOW in kinds(rating)  # beside the figures of this morning

    RatingNorm.objects.update(counted_at=Now() - timedelta(days=1, minutes=1))
    flags_renew(rating=rating)
    assert kinds(rating) == {}
    assert RatingNorm.objects.get().twentieth == 50.0


def test_what_is_kept_is_of_this_clinic_session_and_instrument(third_session, long_history, birch_episode):
    flags_renew(rating=cast.make_rating(third_session, 60.7))

    kept = RatingNorm.objects.get()
    assert (kept.clinic, kept.code, kept.number) == (third_session.clinic, "alliance-check", 3)
    elsewhere = cast.make_rating(birch_episode.sessions.get(number=3), 60.5)
    flags_renew(rating=elsewhere)
    assert kinds(elsewhere) == {}


def test_few_are_counted_anew_for_each(third_session, crowd):
    flags_renew(rating=cast.make_rating(third_session, 60.7))

    assert not RatingNorm.objects.exists()


def test_a_fall_from_the_session_before_is_flagged(episode, crowd):
    first, second, third = episode.sessions.all()
    cast.make_check_in(first, 7)
    cast.make_check_in(second, 10)
    rating = cast.make_check_in(third, 7).alliance_rating

    assert kinds(rating) == {
        FlagKind.DROP: FlagStrength.CHECK_IN
    }  # by 30, where the spread of 70 and 100 is 21.2


def test_a_withdrawn_answer_is_fallen_from_no_more(episode, crowd):
    _first, second, third = episode.sessions.all()
    rating_withdraw(rating=cast.make_check_in(second, 10).alliance_rating, by=SystemActor.COMMAND)

    assert kinds(cast.make_check_in(third, 7).alliance_rating) == {}


def test_another_answer_has_its_own_flags(third_session):
    rating = cast.make_check_in(third_session, 2).alliance_rating
    unexpected_flags_add(clinic=rating.clinic, rating_ids=[rating.pk], by=SystemActor.WORKER)
    rating.total = 90.0
    rating.save()
    rating.response.answers = dict.fromkeys(cast.ITEMS, 9)

    flags_renew(rating=rating)

    assert kinds(rating) == {}


def test_a_withdrawn_rating_has_none(third_session):
    rating = cast.make_check_in(third_session, 2).alliance_rating
    assert kinds(rating)

    rating_withdraw(rating=rating, by=SystemActor.COMMAND)

    assert not Flag.objects.exists()


def test_what_was_not_expected_is_flagged_once(third_session):
    rating = cast.make_rating(third_session, 70)

    unexpected_flags_add(clinic=rating.clinic, rating_ids=[rating.pk], by=SystemActor.WORKER)
    unexpected_flags_add(clinic=rating.clinic, rating_ids=[rating.pk], by=SystemActor.WORKER)

    assert kinds(rating) == {FlagKind.UNEXPECTED: FlagStrength.CHECK_IN}


def test_the_database_refuses_what_is_no_flag(third_session):
    rating = cast.make_rating(third_session)

    cast.refuses("flag_kind_known", Flag.objects.create, rating=rating, kind="bad", strength=1)
    cast.refuses("flag_strength_known", Flag.objects.create, rating=rating, kind="low", strength=9)
