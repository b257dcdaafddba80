from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import downdate, fit_given_variances, update
from alliance_match.prediction.inference import rank_one
from tests.unit.prediction.laws import from_scratch, law, same_state, seeds


def unsolved(fitted) -> bool:
    """Neither summed nor solved anew since it was learnt."""
    return "posterior" not in fitted.__dict__ and "_settled" not in fitted.ledger.__dict__


@law
@given(seed=seeds, start=st.integers(2, 25), clients=st.integers(1, 40), data=st.data())
def test_rows_followed_one_by_one_move_the_means_as_a_refit_does(clinic, seed, start, clients, data):
    table = clinic.table(start + 8, seed, clients=clients)
    order = data.draw(st.permutations(range(start + 8)))
    fitted, learnt = fit_given_variances(table.rows(np.arange(start)), clinic.variances), set(range(start))
    for row in order[:15]:
        change = downdate if row in learnt else update
        fitted = change(fitted, table.rows(np.array([row])))
        learnt ^= {row}
        followed = fitted.coefficients
        assert unsolved(fitted)
        expected = from_scratch(fitted, table.rows(np.array(sorted(learnt), dtype=np.int64)))
        assert np.abs(followed - expected.coefficients).max() < 1e-8
    same_state(fitted, expected, clinic.candidates(seed))


@pytest.mark.parametrize(("client", "therapist"), [(999, 10), (999, 77), (None, 77)])
def test_new_people_are_followed(clinic, client, therapist):
    table = clinic.table(21, clients=10_000)
    last = table.rows(np.array([20]))
    last = replace(
        last,
        client_ids=table.client_ids[:1] if client is None else np.array([client]),
        therapist_ids=np.array([therapist]),
    )
    fitted = update(fit_given_variances(table.rows(np.arange(20)), clinic.variances), last)
    followed = fitted.coefficients
    assert unsolved(fitted)
    again = replace(fitted, followed=None)
    assert followed == pytest.approx(again.coefficients, abs=1e-8)


def test_an_empty_clinic_follows_its_first_rating(clinic):
    fitted = update(fit_given_variances(clinic.table(0), clinic.variances), clinic.table(1))
    followed = fitted.coefficients
    assert unsolved(fitted)
    assert followed == pytest.approx(replace(fitted, followed=None).coefficients, abs=1e-8)


def test_after_many_rows_the_sums_are_solved_anew(clinic, monkeypatch):
    monkeypatch.setattr("alliance_match.prediction.inference.update.LONGEST", 2)
    table = clinic.table(9)
    fitted = fit_given_variances(table.rows(np.arange(4)), clinic.variances)
    lengths = []
    for row in range(4, 9):
        fitted = update(fitted, table.rows(np.array([row])))
        lengths.append(len(fitted.followed.rows) if fitted.followed else 0)
    assert lengths == [1, 2, 0, 1, 2]
    same_state(fitted, from_scratch(fitted, table), clinic.candidates())


def test_too_wide_a_solution_is_solved_anew(clinic, monkeypatch):
    monkeypatch.setattr(rank_one, "WIDEST", 3)
    table = clinic.table(9)
    fitted = update(
        fit_given_variances(table.rows(np.arange(8)), clinic.variances), table.rows(np.array([8]))
    )
    assert fitted.followed is None
    same_state(fitted, from_scratch(fitted, table), clinic.candidates())
