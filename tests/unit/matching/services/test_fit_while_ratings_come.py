"""While a fit is computed ratings come and go, and move lists; the fit that is then stored has them in."""

import threading

import numpy as np
import pytest
from django.db import connection, transaction

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import MatchList, ModelSnapshot, PendingRescore, TrainingRow
from alliance_match.matching.services import (
    clinic_fit,
    clinic_fit_if_needed,
    clinic_verify,
    fit_computation,
    pending_rescores_process,
    training_rows,
    trait_allow,
)
from alliance_match.matching.services.attempts import clinic_lock_if_free
from alliance_match.prediction import fit
from surveys.models import AllianceRating
from surveys.services import rating_withdraw
from tests import cast
from tests.unit.matching.states import newest_state

BY = SystemActor.WORKER


def process(clinic):
    pending_rescores_process(clinic=clinic, by=BY)


@pytest.fixture
def meanwhile(monkeypatch):
    """A function that fits a clinic and does something when the variances are being searched for, once."""

    def meanwhile(clinic, what):
        todo = [what]

        def fit_meanwhile(*given):
            found = fit(*given)
            if todo:
                todo.pop()()
            return found

        monkeypatch.setattr(fit_computation, "fit", fit_meanwhile)
        return clinic_fit(clinic=clinic, by=BY)

    return meanwhile


def rests_on_its_rows(clinic):
    """The newest state is the sum of the training rows, which are those that may be trained on."""
    assert not PendingRescore.objects.exists()
    assert not clinic_verify(clinic=clinic, by=BY)
    state = newest_state(clinic)
    assert state.ratings == TrainingRow.objects.count()
    return state


@pytest.mark.django_db(transaction=True)
def test_a_rating_moves_its_list_while_a_fit_is_computed(fitted_clinic, cleo, third_session, monkeypatch):
    begun, moved = threading.Event(), threading.Event()

    def slow_fit(*given):
        begun.set()
        assert moved.wait(60)
        return fit(*given)

    def fit_in_another_connection():
        try:
            clinic_fit(clinic=fitted_clinic, by=BY)
        finally:
            connection.close()

    monkeypatch.setattr(fit_computation, "fit", slow_fit)
    process(fitted_clinic)
    before = MatchList.objects.get(client=cleo).means
    worker = threading.Thread(target=fit_in_another_connection)
    worker.start()
    try:
        assert begun.wait(60)
        cast.make_check_in(third_session, 1)
        process(fitted_clinic)
        after = MatchList.objects.get(client=cleo).means
    finally:
        moved.set()
        worker.join(120)
    assert after != before
    process(fitted_clinic)
    assert ModelSnapshot.objects.newest_fit().number == 2
    rests_on_its_rows(fitted_clinic)


@pytest.fixture
def fit_under_way(monkeypatch):
    """A function that lets a clinic be fitted in another connection, and does something meanwhile."""
    begun, done = threading.Event(), threading.Event()

    def slow_fit(*given):
        begun.set()
        assert done.wait(60)
        return fit(*given)

    def fit_in_another_connection(clinic):
        try:
            clinic_fit_if_needed(clinic=clinic, by=BY)
        finally:
            connection.close()

    def fit_under_way(clinic, meanwhile):
        monkeypatch.setattr(fit_computation, "fit", slow_fit)
        worker = threading.Thread(target=fit_in_another_connection, args=[clinic])
        worker.start()
        try:
            assert begun.wait(60)
            meanwhile()
        finally:
            done.set()
            worker.join(120)

    return fit_under_way


@pytest.mark.django_db(transaction=True)
def test_a_first_fit_is_computed_without_the_clinics_lock(linden, raters, cleo, third_session, fit_under_way):
    def come_and_go():
        with transaction.atomic():
            assert clinic_lock_if_free(linden)
        rating = AllianceRating.objects.get(session__episode__client=raters[0], session__number=3)
        rating_withdraw(rating=rating, by=SystemActor.COMMAND)
        cast.make_check_in(third_session, 1)
        process(linden)

    fit_under_way(linden, come_and_go)

    assert ModelSnapshot.objects.newest_fit().number == 1
    process(linden)
    rests_on_its_rows(linden)
    assert not TrainingRow.objects.filter(client=raters[0]).exists()
    assert TrainingRow.objects.filter(client=cleo).exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_else_begins_a_first_fit_while_one_is_computed(linden, raters, fit_under_way):
    attempts: list[int] = []

    def begin_another():
        clinic_fit_if_needed(clinic=linden, by=BY)
        attempts.extend(PendingRescore.objects.in_clinic(linden).values_list("attempts", flat=True))

    fit_under_way(linden, begin_another)

    assert set(attempts) == {1}
    assert ModelSnapshot.objects.newest_fit().number == 1
    rests_on_its_rows(linden)


def test_a_permission_during_the_first_fit_has_it_made_again(linden, asha, raters, meanwhile):
    meanwhile(linden, lambda: trait_allow(clinic=linden, side="client", name="openness", by=asha))
    state = rests_on_its_rows(linden)
    assert "trait_openness" in state.features.client
    assert ModelSnapshot.objects.newest_fit().number == 1


@pytest.mark.parametrize("again", [False, True])
def test_the_rows_of_a_first_fit_are_made_some_at_a_time(linden, raters, monkeypatch, again):
    monkeypatch.setattr(training_rows, "CLIENTS_AT_ONCE", 7)
    if again:  # a fit that was killed left rows of other features
        training_rows.training_rows_make(clinic=linden)
        TrainingRow.objects.update(features=[1.0])
    clinic_fit(clinic=linden, by=BY)
    rests_on_its_rows(linden)
    assert TrainingRow.objects.count() == len(raters)


def test_what_came_and_was_withdrawn_meanwhile_is_in_the_fit_exactly(
    fitted_clinic, raters, dropouts, third_session, meanwhile
):
    ratings = {one.session.episode.client_id: one for one in AllianceRating.objects.filter(session__number=3)}

    def come_and_go():
        cast.make_check_in(third_session, 2)
        rating_withdraw(rating=ratings[raters[0].pk], by=SystemActor.COMMAND)
        AllianceRating.objects.filter(pk=ratings[raters[1].pk].pk).update(total=4.0)
        process(fitted_clinic)
        rating_withdraw(rating=AllianceRating.objects.get(session=third_session), by=SystemActor.COMMAND)
        process(fitted_clinic)

    snapshot = meanwhile(fitted_clinic, come_and_go)

    state = rests_on_its_rows(fitted_clinic)
    assert snapshot.rated == state.ratings
    assert not TrainingRow.objects.filter(client=raters[0]).exists()
    assert len(set(TrainingRow.objects.values_list("weight", flat=True))) > 1


def test_a_permission_meanwhile_has_the_fit_made_again_for_it(fitted_clinic, asha, meanwhile):
    meanwhile(
        fitted_clinic, lambda: trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)
    )
    state = rests_on_its_rows(fitted_clinic)
    assert "trait_openness" in state.features.client
    assert ModelSnapshot.objects.newest_fit().number == 2


def test_of_two_fits_at_once_the_first_that_ends_stays_and_the_other_is_made_again(fitted_clinic, meanwhile):
    meanwhile(fitted_clinic, lambda: clinic_fit(clinic=fitted_clinic, by=BY))
    assert ModelSnapshot.objects.newest_fit().number == 3
    rests_on_its_rows(fitted_clinic)


def test_weights_are_those_of_the_fit(fitted_clinic, raters, dropouts):
    clinic_fit(clinic=fitted_clinic, by=BY)
    weights = TrainingRow.objects.order_by("rating").values_list("weight", flat=True)
    assert np.ptp(list(weights)) > 0
    assert np.mean(list(weights)) == pytest.approx(1)
    rests_on_its_rows(fitted_clinic)
