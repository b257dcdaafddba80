import numpy as np
import pytest
from django.db import IntegrityError, OperationalError

from alliance_match.audit.actors import SystemActor
from alliance_match.matching import dataset
from alliance_match.matching.features import feature_set
from alliance_match.matching.models import (
    FailedRescore,
    MatchList,
    ModelSnapshot,
    PendingRescore,
    RescoreRun,
    TrainingRow,
)
from alliance_match.matching.services import (
    clinic_fit,
    clinics_with_pending_rescores,
    needs_fit,
    pending_rescores_process,
    trait_allow,
)
from alliance_match.matching.services import rescoring as service
from alliance_match.matching.services.estimator_cache import estimator_load
from alliance_match.matching.services.training_rows import training_rows_update
from alliance_match.prediction import from_dict, update
from clients.models import Consent, Purpose
from surveys.models import AllianceRating
from surveys.services import rating_withdraw
from surveys.services.flags import flags_renew
from tests import cast
from tests.unit.prediction.laws import same_means


@pytest.fixture
def newest():
    """A function that decodes the newest snapshot."""
    return lambda clinic: from_dict(ModelSnapshot.objects.in_clinic(clinic).newest().state)


def from_scratch(clinic, first_rows, first_fit):
    """The fit's posterior with the rows that came since, added in one go."""
    rows = list(TrainingRow.objects.in_clinic(clinic).exclude(rating__in=first_rows))
    return update(first_fit, dataset.training_table(first_fit.features, first_fit.instruments, rows))


def test_a_new_rating_is_added_and_every_pending_row_is_gone(fitted_clinic, cleo, third_session, newest):
    first, rows = newest(fitted_clinic), list(TrainingRow.objects.values_list("rating", flat=True))
    cast.make_check_in(third_session, 2)
    assert clinics_with_pending_rescores() == [fitted_clinic]
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert not PendingRescore.objects.exists()
    assert RescoreRun.objects.first().ratings == 1
    expected = from_scratch(fitted_clinic, rows, first)
    np.testing.assert_allclose(newest(fitted_clinic).coefficients, expected.coefficients, atol=1e-9)


def test_a_new_rating_changes_the_stored_matches(fitted_clinic, cleo, jonas, raters):
    before = {m.therapist.pk: m.mean for m in cast.matches_of(cleo)}
    for client in raters[:6]:
        episode = cast.make_episode(client, jonas, number=2)
        cast.make_rating(episode.sessions.get(number=3), 100)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    after = {m.therapist.pk: m.mean for m in cast.matches_of(cleo)}
    assert after[jonas.pk] > before[jonas.pk]


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
    assert RescoreRun.objects.first().ratings == 1


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


def test_the_work_may_be_done_twice(fitted_clinic, cleo, third_session):
    cast.make_check_in(third_session, 5)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    number = ModelSnapshot.objects.in_clinic(fitted_clinic).newest().number
    PendingRescore.objects.create(clinic=fitted_clinic, client_id=cleo.pk)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert ModelSnapshot.objects.in_clinic(fitted_clinic).newest().number == number
    assert TrainingRow.objects.filter(client=cleo).count() == 1


def test_five_hundred_pending_rows_cost_one_recompute(fitted_clinic, cleo):
    PendingRescore.objects.bulk_create(
        PendingRescore(clinic=fitted_clinic, client_id=cleo.pk) for _ in range(500)
    )
    runs = RescoreRun.objects.count()
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert RescoreRun.objects.count() == runs + 1


def test_one_who_stops_looking_has_no_matches_left(fitted_clinic, cleo):
    cleo.status = "in_care"
    cleo.save()
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert not MatchList.objects.exists()


def test_a_therapist_who_stops_accepting_is_no_longer_suggested(fitted_clinic, cleo, mara):
    mara.accepting = False
    mara.save()
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert mara not in {match.therapist for match in cast.matches_of(cleo)}


def test_a_failure_is_tried_five_times_and_then_given_up_without_values(
    fitted_clinic, cleo, third_session, monkeypatch
):
    monkeypatch.setattr(service, "match_lists_rescore", lambda **_: 1 / 0)
    cast.make_check_in(third_session, 3)
    for _ in range(5):
        assert PendingRescore.objects.exists()
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert not PendingRescore.objects.exists()
    failed = FailedRescore.objects.first()
    assert (failed.error, failed.client_id) == ("ZeroDivisionError", cleo.pk)
    assert not TrainingRow.objects.filter(client=cleo).exists()


def test_one_clients_failure_does_not_hold_up_another(fitted_clinic, cleo, wim, monkeypatch):
    def fail_for_cleo(*, client_ids, **given):
        if cleo.pk in client_ids:
            raise ArithmeticError
        return training_rows_update(client_ids=client_ids, **given)

    monkeypatch.setattr(service, "training_rows_update", fail_for_cleo)
    PendingRescore.objects.create(clinic=fitted_clinic, client_id=cleo.pk)
    PendingRescore.objects.create(clinic=fitted_clinic, client_id=wim.pk)
    for _ in range(3):
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert {row.client_id for row in PendingRescore.objects.all()} == {cleo.pk}
    assert cast.matches_of(wim)


def test_a_row_the_database_refuses_is_given_up_like_any_failure(fitted_clinic, cleo, monkeypatch):
    def refused(**_):
        raise IntegrityError

    monkeypatch.setattr(service, "match_lists_rescore", refused)
    cleo.style_preferences.update(position=0)
    for _ in range(5):
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    failed = FailedRescore.objects.get()
    assert (failed.error, failed.client_id) == ("IntegrityError", cleo.pk)


def test_a_lost_database_ends_the_work_at_once(fitted_clinic, cleo, monkeypatch):
    def lost(**_):
        raise OperationalError

    monkeypatch.setattr(service, "match_lists_rescore", lost)
    cleo.style_preferences.update(position=0)
    with pytest.raises(OperationalError):
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert PendingRescore.objects.filter(client_id=cleo.pk).exists()


def test_a_newly_allowed_trait_needs_a_fit(fitted_clinic, asha):
    assert not needs_fit(fitted_clinic)
    trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)
    assert needs_fit(fitted_clinic)
    clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert not needs_fit(fitted_clinic)


def test_of_the_updates_only_the_newest_is_kept(fitted_clinic, raters, jonas):
    for client in raters[:3]:
        cast.make_rating(cast.make_episode(client, jonas, number=2).sessions.get(number=3), 70)
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    kinds = ModelSnapshot.objects.in_clinic(fitted_clinic).order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["fit", "update"]


def test_another_clinics_debt_stays_its_own(fitted_clinic, birch, bea):
    assert clinics_with_pending_rescores() == [birch]
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert clinics_with_pending_rescores() == [birch]


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


def test_many_updates_in_one_process_drift_from_no_fresh_solve(fitted_clinic, raters, jonas, newest):
    for client in raters[:12]:
        cast.make_rating(cast.make_episode(client, jonas, number=2).sessions.get(number=3), 70)
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    snapshot = ModelSnapshot.objects.in_clinic(fitted_clinic).newest()
    assert snapshot is not None
    kept, fresh = estimator_load(snapshot), newest(fitted_clinic)
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


def test_who_stopped_looking_has_no_matches_even_where_a_therapist_changed_too(fitted_clinic, cleo, mara):
    cleo.status = "in_care"
    cleo.save()
    mara.styles.update(position=0)

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    assert not cast.matches_of(cleo)


def test_a_trait_that_is_allowed_while_a_worker_is_at_work_is_left_for_a_fit(
    fitted_clinic, asha, cleo, monkeypatch
):
    def allowed_meanwhile(*args, **kwargs):
        apply(*args, **kwargs)
        trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)

    apply = service._batch_apply
    monkeypatch.setattr(service, "_batch_apply", allowed_meanwhile)
    cleo.style_preferences.update(position=0)

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    assert list(PendingRescore.objects.values_list("client_id", "attempts")) == [(None, 0)]
