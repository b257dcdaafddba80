"""What the ratings of those who stayed weigh, and that nothing else is learnt."""

import numpy as np
import pytest

from alliance_match.matching import dataset
from alliance_match.matching.models import ModelSnapshot, TrainingRow
from alliance_match.matching.services import clinic_fit, evaluation, pending_rescores_process
from alliance_match.prediction import from_dict
from surveys.models import AllianceRating
from surveys.services import rating_withdraw
from tests import cast
from tests.unit.prediction.laws import from_scratch, same_means, weight_of_single_raters


@pytest.fixture
def weighed(linden, cleo, leavers):
    """Linden after a fit that weighed for those who left early."""
    clinic_fit(clinic=linden)
    return linden


def rows_of(clinic):
    return list(TrainingRow.objects.in_clinic(clinic).order_by("pk"))


def assert_snapshot_is_a_solve_over_the_rows(clinic):
    kept = from_dict(ModelSnapshot.objects.in_clinic(clinic).newest().state)
    table = dataset.training_table(kept.features, kept.instruments, rows_of(clinic))
    same_means(kept, from_scratch(kept, table))


def test_ratings_of_pairs_like_those_who_left_weigh_more(weighed):
    told = dict(
        AllianceRating.objects.filter(session__number=1).values_list("session__episode__client", "total")
    )
    rows = rows_of(weighed)
    weight = np.array([row.weight for row in rows])
    first = np.array([told[row.client_id] for row in rows])
    assert weight.mean() == pytest.approx(1)
    assert np.corrcoef(weight, first)[0, 1] < -0.3
    kept = from_dict(ModelSnapshot.objects.in_clinic(weighed).newest().state)
    assert weight_of_single_raters(kept, [row.client_id for row in rows]) == pytest.approx(weight)
    assert_snapshot_is_a_solve_over_the_rows(weighed)


def test_nobody_weighs_more_where_nobody_left(fitted_clinic):
    assert {row.weight for row in rows_of(fitted_clinic)} == {1.0}


def test_a_rating_that_comes_between_fits_weighs_one(weighed, third_session):
    before = {row.pk: row.weight for row in rows_of(weighed)}
    cast.make_check_in(third_session, 2)
    pending_rescores_process(clinic=weighed)
    after = {row.pk: row.weight for row in rows_of(weighed)}
    assert {pk: after[pk] for pk in before} == before
    assert [weight for pk, weight in after.items() if pk not in before] == [1.0]
    assert_snapshot_is_a_solve_over_the_rows(weighed)


def test_a_weighed_rating_is_unlearnt_exactly(weighed):
    heaviest = max(rows_of(weighed), key=lambda row: row.weight)
    assert heaviest.weight > 1.1
    rating_withdraw(rating=heaviest.rating)
    pending_rescores_process(clinic=weighed)
    assert heaviest.rating_id not in {row.rating_id for row in rows_of(weighed)}
    assert_snapshot_is_a_solve_over_the_rows(weighed)


def test_the_next_fit_weighs_anew(weighed, leavers):
    before = {row.rating_id: row.weight for row in rows_of(weighed)}
    for client in leavers:
        client.consents.filter(purpose="matching").delete()
    clinic_fit(clinic=weighed)
    assert set(before.values()) != {1.0}
    assert {row.rating_id: row.weight for row in rows_of(weighed)} == dict.fromkeys(before, 1.0)


def test_an_evaluation_weighs_as_the_fit_does(weighed, monkeypatch):
    monkeypatch.setattr(evaluation, "evaluate_with_unseen_therapists", lambda table: table)
    table = evaluation.clinic_evaluate(clinic=weighed)
    weight = {row.client_id: row.weight for row in rows_of(weighed)}
    assert dict(zip(table.client_ids.tolist(), table.weight.tolist(), strict=True)) == pytest.approx(weight)
