"""Which states are stored, kept and replaced, and when a clinic needs a fit."""

import pytest
from django.db import connection, transaction

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.features import feature_set
from alliance_match.matching.models import (
    FailedRescore,
    ModelSnapshot,
    PendingRescore,
    TrainingRow,
)
from alliance_match.matching.services import (
    clinic_fit,
    estimators,
    needs_fit,
    pending_rescores_process,
    snapshots,
    trait_allow,
)
from alliance_match.prediction import from_dict
from tests import cast
from tests.unit.matching.states import newest_state
from tests.unit.prediction.laws import same_means


def test_a_newly_allowed_trait_needs_a_fit(fitted_clinic, asha):
    assert not needs_fit(fitted_clinic)
    trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)
    assert needs_fit(fitted_clinic)
    clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert not needs_fit(fitted_clinic)


def test_of_the_checkpoints_only_the_newest_is_kept(fitted_clinic, raters, jonas, monkeypatch):
    monkeypatch.setattr(snapshots, "CHANGES_KEPT", 1)
    for client in raters[:3]:
        cast.make_rating(cast.make_episode(client, jonas, number=2).sessions.get(number=3), 70)
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    kinds = ModelSnapshot.objects.in_clinic(fitted_clinic).order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["fit", "update"]


def test_a_fit_keeps_the_features_a_rating_was_added_with(fitted_clinic, raters):
    before = {row.rating_id: row.features for row in TrainingRow.objects.all()}
    raters[0].style_preferences.filter(dimension="structure").update(position=3)
    raters[1].style_preferences.filter(dimension="structure").update(position=-3)
    clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert {row.rating_id: row.features for row in TrainingRow.objects.all()} == before


def test_a_fit_with_other_features_takes_them_anew(fitted_clinic, raters, asha):
    trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)
    clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    width = len(feature_set(fitted_clinic).client) + 4 + 6
    assert {len(row.features) for row in TrainingRow.objects.all()} == {width}


def test_the_nightly_fit_agrees_with_what_was_added_one_by_one(fitted_clinic, third_session, raters):
    cast.make_check_in(third_session, 4)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    absorbed = set(TrainingRow.objects.values_list("rating", "score"))
    clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert set(TrainingRow.objects.values_list("rating", "score")) == absorbed


def test_a_damaged_state_asks_for_a_fit_and_gives_nothing_up(
    fitted_clinic, third_session, sweep, monkeypatch
):
    estimators._kept.clear()
    cast.make_check_in(third_session, 3)
    with monkeypatch.context() as patch:
        patch.setattr(estimators, "from_dict", lambda _: from_dict({}))
        sweep()
    assert needs_fit(fitted_clinic)
    assert set(PendingRescore.objects.values_list("attempts", flat=True)) == {0}

    assert sweep() == [fitted_clinic.pk]

    assert not needs_fit(fitted_clinic)
    assert not PendingRescore.objects.exists()
    assert not FailedRescore.objects.exists()
    assert newest_state(fitted_clinic).ratings == TrainingRow.objects.count()


class RolledBackError(Exception):
    """What was done before it never was."""


def test_a_state_of_changes_rolled_back_is_not_kept_even_where_others_got_their_numbers(
    fitted_clinic, cleo, third_session
):
    def answer(given):
        cast.make_check_in(third_session, given)
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
        return estimators.estimator_newest(fitted_clinic)

    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM matching_trainingchange_id_seq")
        number = cursor.fetchone()[0]
    with pytest.raises(RolledBackError), transaction.atomic():
        answer(1)
        raise RolledBackError
    kept = estimators._kept[fitted_clinic.pk]
    with connection.cursor() as cursor:  # as after a crash
        cursor.execute("SELECT setval('matching_trainingchange_id_seq', %s)", [number])
    answered = answer(9)  # by another process

    assert estimators.estimator_stored(fitted_clinic).last_change == kept.last_change
    estimators.estimator_keep(fitted_clinic, kept)
    same_means(estimators.estimator_newest(fitted_clinic), answered)


def test_only_the_last_seven_fits_are_kept(fitted_clinic):
    for _ in range(8):
        clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    numbers = ModelSnapshot.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers)[-7:] == list(range(3, 10))


def test_a_checkpoint_holds_what_came_since(fitted_clinic, third_session, monkeypatch):
    cast.make_check_in(third_session, 4)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    before = newest_state(fitted_clinic)
    monkeypatch.setattr(snapshots, "CHANGES_KEPT", 1)
    snapshots.checkpoint_if_due(fitted_clinic)
    newest = ModelSnapshot.objects.in_clinic(fitted_clinic).newest()
    assert newest is not None
    assert (newest.kind, newest.rated) == ("update", TrainingRow.objects.count())
    same_means(newest_state(fitted_clinic), before)
