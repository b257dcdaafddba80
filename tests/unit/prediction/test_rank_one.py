import numpy as np
import pytest

from alliance_match.prediction import solve
from alliance_match.prediction.design import design_of
from alliance_match.prediction.rank_one import is_rank_one, learn_one
from tests.unit.prediction.laws import from_scratch, same_state


def split_last(table, variances):
    fitted = solve(table.rows(np.arange(len(table) - 1)), variances)
    return fitted, design_of(fitted.layout, table.rows(np.array([len(table) - 1])))


@pytest.mark.parametrize("clients", [4, 10_000])
@pytest.mark.parametrize("seed", range(5))
def test_one_rating_changes_the_solution_exactly(clinic, clients, seed):
    table = clinic.table(40, seed, clients=clients)
    fitted, design = split_last(table, clinic.variances)
    assert is_rank_one(fitted, design)
    same_state(learn_one(fitted, design), from_scratch(fitted, table), clinic.candidates(seed))


def test_one_rating_needs_no_new_solve(clinic):
    fitted, design = split_last(clinic.table(40, clients=10_000), clinic.variances)
    assert "posterior" in learn_one(fitted, design).__dict__


def test_second_rating_and_new_therapist_take_the_general_way(clinic):
    table = clinic.table(20, clients=10_000)
    fitted = solve(table, clinic.variances)
    again = table.rows(np.array([3]))
    assert not is_rank_one(fitted, design_of(fitted.layout, again))
    stranger = clinic.table(1, 5, therapists=1)
    object.__setattr__(stranger, "therapist_ids", np.array([77]))
    assert not is_rank_one(fitted, design_of(fitted.layout, stranger))
