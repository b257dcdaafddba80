"""Ratings that come, change and go are in the newest state, exactly."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.matching import dataset
from alliance_match.matching.models import (
    PendingRescore,
    RescoreRun,
    TrainingRow,
)
from alliance_match.matching.services import (
    clinics_with_pending_rescores,
    estimator_newest,
    pending_rescores_process,
)
from alliance_match.prediction import update
from clients.models import Consent, Purpose
from surveys.models import AllianceRating
from surveys.services import rating_withdraw
from surveys.services.flags import flags_renew
from tests import cast
from tests.unit.matching.states import newest_state
from tests.unit.prediction.laws import same_means


@pytest.fixture
def newest():
    """The newest state of a clinic."""
    return newest_state


def from_scratch(clinic, first_rows, first_fit):
    """The fit's posterior with the rows that came since, added in one go."""
    rows = list(TrainingRow.objects.in_clinic(clinic).exclude(rating__in=first_rows))
    return update(first_fit, dataset.training_table(first_fit.features, first_fit.instruments, rows))


def ratings_taken_in():
    """How many ratings changed since the fit."""
    return sum(RescoreRun.objects.order_by("pk").values_list("ratings", flat=True)[1:])


def test_a_new_rating_is_added_and_every_pending_row_is_gone(fitted_clinic, cleo, third_session, newest):
    first, rows = newest(fitted_clinic), list(TrainingRow.objects.values_list("rating", flat=True))
    cast.make_check_in(third_session, 2)
    assert clinics_with_pending_rescores() == [fitted_clinic]
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert not PendingRescore.objects.exists()
    assert ratings_taken_in() == 1
    expected = from_scratch(fitted_clinic, rows, first)
    np.testing.assert_allclose(newest(fitted_clinic).coefficients, expected.coefficients, atol=1e-9)


def test_a_withdrawn_rating_is_removed_exactly(fitted_clinic, third_session, newest):
    before = newest(fitted_clinic)
    cast.make_check_in(third_session, 1)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    rating_withdraw(rating=AllianceRating.objects.get(session=third_session), by=SystemActor.COMMAND)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    np.testing.assert_allclose(newest(fitted_clinic).coefficients, before.coefficients, atol=1e-9)
    assert not TrainingRow.objects.filter(rating__session=third_session).exists()


def test_a_corrected_rating_replaces_the_old_one(fitted_clinic, raters):
    rating = AllianceRating.objects.filter(session__episode__client=raters[0]).get()
    AllianceRating.objects.filter(pk=rating.pk).update(total=1.0)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert TrainingRow.objects.get(rating=rating).score == 1.0
    assert ratings_taken_in() == 1


def test_a_withdrawn_consent_takes_the_ratings_out(fitted_clinic, raters):
    consent = Consent.objects.filter(client=raters[0], purpose=Purpose.MATCHING)
    consent.update(withdrawn_at="2099-01-01T00:00Z")
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert not TrainingRow.objects.filter(client=raters[0]).exists()


def test_a_rating_nearer_to_session_three_takes_the_place_of_another(fitted_clinic, wim, mara):
    Consent.objects.create(client=wim, purpose=Purpose.MATCHING)
    episode = cast.make_episode(wim, mara)
    cast.make_rating(episode.sessions.get(number=2), 40)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    cast.make_rating(episode.sessions.get(number=3), 90)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert TrainingRow.objects.get(client=wim).score == 90


def test_many_updates_in_one_process_drift_from_no_fresh_solve(fitted_clinic, raters, jonas, newest):
    for client in raters[:12]:
        cast.make_rating(cast.make_episode(client, jonas, number=2).sessions.get(number=3), 70)
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
        estimator_newest(fitted_clinic)
    kept, fresh = estimator_newest(fitted_clinic), newest(fitted_clinic)
    assert kept is not fresh
    same_means(kept, fresh)


def test_a_rating_far_below_its_prediction_is_flagged_and_one_that_was_expected_is_not(
    fitted_clinic, third_session, wim, mara, jonas
):
    low = cast.make_check_in(third_session, 3).alliance_rating
    Consent.objects.create(client=wim, purpose=Purpose.MATCHING)
    usual = cast.make_rating(cast.make_episode(wim, jonas).sessions.get(number=3), 65)

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    assert low.flags.filter(kind="unexpected").exists()
    assert not usual.flags.filter(kind="unexpected").exists()


def test_the_flag_comes_back_only_where_the_changed_rating_is_unexpected_too(fitted_clinic, third_session):
    rating = cast.make_check_in(third_session, 3).alliance_rating
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    for total, flagged in ((25.0, True), (70.0, False)):
        rating.total = total
        rating.save()
        flags_renew(rating=rating)
        assert not rating.flags.filter(kind="unexpected").exists()

        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

        assert rating.flags.filter(kind="unexpected").exists() == flagged


def test_what_waits_for_its_list_is_as_old_as_the_change(fitted_clinic, third_session, monkeypatch):
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    cast.make_check_in(third_session, 2)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    PendingRescore.objects.update(created_at=an_hour_ago)

    monkeypatch.setattr("alliance_match.matching.services.rescoring._lists_score", None)

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    left = PendingRescore.objects.values_list("list_only", "created_at")
    assert set(left) == {(True, an_hour_ago)}
