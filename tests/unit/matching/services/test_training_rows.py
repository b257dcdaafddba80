"""How much the ratings of those who stayed count, and that nothing else changes."""

import numpy as np
import pytest

from alliance_match.audit.actors import SystemActor
from alliance_match.matching import dataset
from alliance_match.matching.models import TrainingRow
from alliance_match.matching.services import clinic_fit, evaluation, pending_rescores_process
from alliance_match.prediction import TrainingTable
from surveys.models import AllianceRating
from surveys.services import rating_withdraw
from tests import cast
from tests.unit.matching.states import newest_state
from tests.unit.prediction.laws import from_scratch, same_means, weight_of_single_raters


@pytest.fixture
def reweighted(linden, cleo, dropouts):
    """Linden after a fit that reweighted for those who left early."""
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    return linden


def rows_of(clinic):
    return list(TrainingRow.objects.in_clinic(clinic).order_by("pk"))


def assert_state_is_a_solve_over_the_rows(clinic):
    kept = newest_state(clinic)
    table = dataset.training_table(kept.features, kept.instruments, rows_of(clinic))
    same_means(kept, from_scratch(kept, table))


def test_ratings_of_pairs_like_those_who_left_count_more(reweighted):
    total = dict(
        AllianceRating.objects.filter(session__number=1).values_list("session__episode__client", "total")
    )
    rows = rows_of(reweighted)
    weight = np.array([row.weight for row in rows])
    first = np.array([total[row.client_id] for row in rows])
    assert weight.mean() == pytest.approx(1)
    assert np.corrcoef(weight, first)[0, 1] < -0.3
    kept = newest_state(reweighted)
    assert weight_of_single_raters(kept, [row.client_id for row in rows]) == pytest.approx(weight)
    assert_state_is_a_solve_over_the_rows(reweighted)


def test_nobody_counts_more_where_nobody_left(fitted_clinic):
    assert {row.weight for row in rows_of(fitted_clinic)} == {1.0}


def test_a_rating_that_comes_between_fits_counts_as_one(reweighted, third_session):
    before = {row.pk: row.weight for row in rows_of(reweighted)}
    cast.make_check_in(third_session, 2)
    pending_rescores_process(clinic=reweighted, by=SystemActor.WORKER)
    after = {row.pk: row.weight for row in rows_of(reweighted)}
    assert {pk: after[pk] for pk in before} == before
    assert [weight for pk, weight in after.items() if pk not in before] == [1.0]
    assert_state_is_a_solve_over_the_rows(reweighted)


def test_a_reweighted_rating_is_removed_exactly(reweighted):
    heaviest = max(rows_of(reweighted), key=lambda row: row.weight)
    assert heaviest.weight > 1.1
    rating_withdraw(rating=heaviest.rating, by=SystemActor.COMMAND)
    pending_rescores_process(clinic=reweighted, by=SystemActor.WORKER)
    assert heaviest.rating_id not in {row.rating_id for row in rows_of(reweighted)}
    assert_state_is_a_solve_over_the_rows(reweighted)


def test_the_next_fit_sets_weights_anew(reweighted, dropouts):
    before = {row.rating_id: row.weight for row in rows_of(reweighted)}
    for client in dropouts:
        client.consents.filter(purpose="matching").delete()
    clinic_fit(clinic=reweighted, by=SystemActor.WORKER)
    assert set(before.values()) != {1.0}
    assert {row.rating_id: row.weight for row in rows_of(reweighted)} == dict.fromkeys(before, 1.0)


def test_an_evaluation_sets_weights_as_the_fit_does(reweighted, monkeypatch):
    evaluated: list[TrainingTable] = []
    monkeypatch.setattr(evaluation, "evaluate_with_unseen_therapists", evaluated.append)
    evaluation.clinic_evaluate(clinic=reweighted)
    [table] = evaluated
    weight = {row.client_id: row.weight for row in rows_of(reweighted)}
    assert dict(zip(table.client_ids.tolist(), table.weight.tolist(), strict=True)) == pytest.approx(weight)
