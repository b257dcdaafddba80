from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, OperationalError
from django.db.models.functions import Now
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.matching import dataset, tasks
from alliance_match.matching.features import feature_set
from alliance_match.matching.models import (
    FailedRescore,
    MatchList,
    ModelSnapshot,
    PendingRescore,
    PublishedState,
    RescoreRun,
    TrainingRow,
)
from alliance_match.matching.services import (
    clinic_fit,
    clinics_with_pending_rescores,
    estimator_newest,
    estimators,
    needs_fit,
    pending_rescores_process,
    publish,
    publishing,
    snapshots,
    trait_allow,
)
from alliance_match.matching.services import rescoring as service
from alliance_match.matching.services.pending_lists import lists_of_everybody_add
from alliance_match.matching.services.training_rows import training_rows_update
from alliance_match.prediction import from_dict, update
from clients.models import Client, Consent, Purpose
from clients.services import last_visit_save
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


def test_ratings_of_others_change_a_list_when_they_are_published(fitted_clinic, cleo, jonas, raters):
    before = {m.therapist.pk: m.mean for m in cast.matches_of(cleo)}
    for client in raters[:6]:
        episode = cast.make_episode(client, jonas, number=2)
        cast.make_rating(episode.sessions.get(number=3), 100)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert {m.therapist.pk: m.mean for m in cast.matches_of(cleo)} == before
    publish(clinic=fitted_clinic, by=SystemActor.WORKER)
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
    # What failed is her list: the rating itself was taken in.
    assert TrainingRow.objects.filter(client=cleo).exists()


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


def test_of_the_checkpoints_only_the_newest_is_kept(fitted_clinic, raters, jonas, monkeypatch):
    monkeypatch.setattr(snapshots, "CHANGES_KEPT", 1)
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
        trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)
        return take_in(*args, **kwargs)

    take_in = service._changes_take_in
    monkeypatch.setattr(service, "_changes_take_in", allowed_meanwhile)
    cleo.style_preferences.update(position=0)

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    left = PendingRescore.objects.order_by("list_only").values_list("client_id", "list_only", "attempts")
    assert list(left) == [(None, False, 0), (cleo.pk, True, 0)]


def test_a_batch_that_fails_is_halved_until_only_the_cause_is_left(fitted_clinic, cleo, raters, monkeypatch):
    def fail_for_cleo(*, client_ids, **given):
        tried.append(len(client_ids))
        if cleo.pk in client_ids:
            raise ArithmeticError
        return training_rows_update(client_ids=client_ids, **given)

    tried: list[int] = []
    monkeypatch.setattr(service, "training_rows_update", fail_for_cleo)
    PendingRescore.objects.bulk_create(
        PendingRescore(clinic=fitted_clinic, client_id=client.pk) for client in (*raters, cleo)
    )

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    assert {row.client_id for row in PendingRescore.objects.all()} == {cleo.pk}
    assert len(tried) <= 2 * len(bin(len(raters)))


@pytest.mark.parametrize(("attempts", "size"), [(0, 200), (1, 25), (2, 3), (3, 1), (4, 1)])
def test_what_was_lost_with_its_worker_is_tried_in_smaller_batches(linden, attempts, size):
    PendingRescore.objects.all().delete()
    PendingRescore.objects.bulk_create(
        PendingRescore(clinic=linden, client_id=key, list_only=True, attempts=attempts) for key in range(300)
    )
    assert len(PendingRescore.objects.next_batch()) == size


def test_a_rating_concerns_nobodys_list_but_the_raters(fitted_clinic, cleo, third_session, raters):
    Client.objects.filter(pk__in=[one.pk for one in raters]).update(status="searching")
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    before = dict(MatchList.objects.values_list("client", "means"))
    cast.make_check_in(third_session, 1)

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    after = dict(MatchList.objects.values_list("client", "means"))
    assert [pk for pk, means in after.items() if before[pk] != means] == [cleo.pk]


def test_one_withdrawn_or_corrected_counts_once_in_ones_own_list(fitted_clinic, cleo, third_session):
    def means_after(answer):
        cast.make_check_in(third_session, answer)
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
        return [match.mean for match in cast.matches_of(cleo)]

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    before = [match.mean for match in cast.matches_of(cleo)]
    nine = means_after(9)
    publish(clinic=fitted_clinic, by=SystemActor.WORKER)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert [match.mean for match in cast.matches_of(cleo)] == nine
    assert means_after(1) != nine
    assert means_after(9) == nine
    rating_withdraw(rating=AllianceRating.objects.get(session=third_session), by=SystemActor.COMMAND)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert [match.mean for match in cast.matches_of(cleo)] == before


def test_another_therapist_concerns_everybody_last_looked_first(fitted_clinic, cleo, raters, mara):
    Client.objects.filter(pk__in=[one.pk for one in raters]).update(status="searching")
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    last_visit_save(client=raters[7], seen={}, by=SystemActor.COMMAND)

    lists_of_everybody_add(fitted_clinic, news=False)
    lists_of_everybody_add(fitted_clinic, news=True)

    named = list(PendingRescore.objects.order_by("pk").values_list("client_id", "news"))
    assert named[0] == (raters[7].pk, True)
    assert {pk for pk, _ in named} == {cleo.pk, *(one.pk for one in raters)}
    assert len(named) == len(raters) + 1


def test_after_its_time_it_says_that_something_is_left(fitted_clinic, cleo):
    PendingRescore.objects.create(clinic=fitted_clinic, client_id=cleo.pk)
    assert pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER, seconds=0)
    assert not pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER, seconds=60)
    assert not PendingRescore.objects.exists()


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


def test_a_damaged_published_state_is_published_anew(fitted_clinic, cleo):
    before = [match.mean for match in cast.matches_of(cleo)]
    publishing._kept.clear()
    PublishedState.objects.update(state={})
    cleo.style_preferences.update(importance=1)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert PublishedState.objects.get().number == 2
    assert [match.mean for match in cast.matches_of(cleo)] != before
    assert not FailedRescore.objects.exists()


def test_only_the_last_seven_fits_are_kept(fitted_clinic):
    for _ in range(8):
        clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    numbers = ModelSnapshot.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers)[-7:] == list(range(3, 10))


@pytest.fixture
def days_pass():
    """A function that lets the last publication be of so many days ago."""

    def days_pass(days):
        PublishedState.objects.update(created_at=timezone.now() - timedelta(days=days))

    return days_pass


def test_a_publication_is_due_after_a_day_where_raters_changed(fitted_clinic, third_session, days_pass):
    assert not publishing.publication_is_due(fitted_clinic)
    days_pass(1)
    assert not publishing.publication_is_due(fitted_clinic)
    cast.make_check_in(third_session, 4)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert publishing.publication_is_due(fitted_clinic)
    days_pass(0)
    assert not publishing.publication_is_due(fitted_clinic)


def test_a_withdrawal_leaves_what_is_published_with_the_next_publication(
    fitted_clinic, cleo, raters, days_pass
):
    lists = list(MatchList.objects.values())
    gone = TrainingRow.objects.get(client=raters[0]).pk
    raters[0].consents.update(withdrawn_at=Now())
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert list(MatchList.objects.values()) == lists
    assert gone in PublishedState.objects.get().row_ids

    days_pass(1)
    tasks.refit(fitted_clinic.pk)

    assert gone not in PublishedState.objects.get().row_ids
    assert list(MatchList.objects.values()) != lists


def test_another_feature_set_is_published_with_its_fit(fitted_clinic, asha):
    trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)
    snapshot = clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert PublishedState.objects.get().uses == snapshot.uses


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
