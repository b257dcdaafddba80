from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import downdate, fit_given_variances, forecast, from_dict, to_dict, update
from alliance_match.prediction.inference import rank_one
from tests.unit.prediction.laws import from_scratch, law, same_state, seeds


def unsolved(fitted) -> bool:
    """Neither summed nor solved anew since its last row."""
    return "posterior" not in fitted.__dict__ and "_after" not in fitted.statistics.__dict__


@law
@given(seed=seeds, start=st.integers(2, 25), clients=st.integers(1, 40), data=st.data())
def test_rows_one_by_one_move_the_means_as_a_refit_does(clinic, seed, start, clients, data):
    table = clinic.table(start + 8, seed, clients=clients)
    order = data.draw(st.permutations(range(start + 8)))
    fitted, present = fit_given_variances(table.rows(np.arange(start)), clinic.variances), set(range(start))
    for row in order[:15]:
        change = downdate if row in present else update
        fitted = change(fitted, table.rows(np.array([row])))
        present ^= {row}
        updated = fitted.coefficients
        assert unsolved(fitted)
        expected = from_scratch(fitted, table.rows(np.array(sorted(present), dtype=np.int64)))
        assert np.abs(updated - expected.coefficients).max() < 1e-8
    same_state(fitted, expected, clinic.candidates(seed))


@pytest.mark.parametrize(("client", "therapist"), [(999, 10), (999, 77), (None, 77)])
def test_new_people_are_added(clinic, client, therapist):
    table = clinic.table(21, clients=10_000)
    last = table.rows(np.array([20]))
    last = replace(
        last,
        client_ids=table.client_ids[:1] if client is None else np.array([client]),
        therapist_ids=np.array([therapist]),
    )
    fitted = update(fit_given_variances(table.rows(np.arange(20)), clinic.variances), last)
    updated = fitted.coefficients
    assert unsolved(fitted)
    again = replace(fitted, rank_one=None)
    assert updated == pytest.approx(again.coefficients, abs=1e-8)


def test_an_empty_clinic_takes_in_its_first_rating(clinic):
    fitted = update(fit_given_variances(clinic.table(0), clinic.variances), clinic.table(1))
    updated = fitted.coefficients
    assert unsolved(fitted)
    assert updated == pytest.approx(replace(fitted, rank_one=None).coefficients, abs=1e-8)


def test_after_many_rows_the_sums_are_solved_anew(clinic, monkeypatch):
    monkeypatch.setattr("alliance_match.prediction.inference.update.LONGEST", 2)
    table = clinic.table(9)
    fitted = fit_given_variances(table.rows(np.arange(4)), clinic.variances)
    lengths = []
    for row in range(4, 9):
        fitted = update(fitted, table.rows(np.array([row])))
        lengths.append(len(fitted.rank_one.rows) if fitted.rank_one else 0)
    assert lengths == [1, 2, 0, 1, 2]
    same_state(fitted, from_scratch(fitted, table), clinic.candidates())


def test_too_wide_a_solution_is_solved_anew(clinic, monkeypatch):
    monkeypatch.setattr(rank_one, "WIDEST", 3)
    table = clinic.table(9)
    fitted = update(
        fit_given_variances(table.rows(np.arange(8)), clinic.variances), table.rows(np.array([8]))
    )
    assert fitted.rank_one is None
    same_state(fitted, from_scratch(fitted, table), clinic.candidates())


def test_coefficients_are_the_same_whatever_was_read_before(clinic):
    table = clinic.table(21)
    before = fit_given_variances(table.rows(np.arange(20)), clinic.variances)
    fitted, other = (update(before, table.rows(np.array([20]))) for _ in range(2))
    assert fitted.ratings == 21
    assert forecast(fitted, clinic.candidates()).sd.min() > 0
    assert fitted.coefficients.tolist() == other.coefficients.tolist()


def test_forecasts_rest_on_the_sums_alone(clinic):
    """So that they are the same to the last bit after a snapshot, in which only the sums are."""
    table = clinic.table(21)
    fitted = update(
        fit_given_variances(table.rows(np.arange(20)), clinic.variances), table.rows(np.array([20]))
    )
    again, candidates = from_dict(to_dict(fitted)), clinic.candidates()
    assert forecast(again, candidates).mean.tolist() == forecast(fitted, candidates).mean.tolist()
