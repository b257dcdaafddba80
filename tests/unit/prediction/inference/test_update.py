from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import EstimationError, downdate, fit, fit_given_variances, forecast, update
from tests.unit.prediction.laws import from_scratch, law, same_state, seeds


@law
@given(seed=seeds, n=st.integers(20, 40), clients=st.integers(1, 40))
def test_fit_equals_a_sum_from_scratch_at_the_variances_it_found(clinic, seed, n, clients):
    table = clinic.table(n, seed, clients=clients)
    fitted = fit(table)
    same_state(fitted, from_scratch(fitted, table), clinic.candidates(seed))


@law
@given(seed=seeds, start=st.integers(2, 25), added=st.integers(0, 12), clients=st.integers(1, 40))
def test_update_equals_refit_at_fixed_variances(clinic, seed, start, added, clients):
    table = clinic.table(start + added, seed, clients=clients)
    fitted = fit_given_variances(table.rows(np.arange(start)), clinic.variances)
    updated = update(fitted, table.rows(np.arange(start, start + added)))
    same_state(updated, from_scratch(fitted, table), clinic.candidates(seed))


@law
@given(seed=seeds, start=st.integers(2, 25), added=st.integers(0, 6), clients=st.integers(1, 40))
def test_rows_one_by_one_equal_the_rows_at_once(clinic, seed, start, added, clients):
    table = clinic.table(start + added, seed, clients=clients)
    fitted = one_by_one = fit_given_variances(table.rows(np.arange(start)), clinic.variances)
    for row in range(start, start + added):
        one_by_one = update(one_by_one, table.rows(np.array([row])))
    same_state(
        one_by_one, update(fitted, table.rows(np.arange(start, start + added))), clinic.candidates(seed)
    )


@law
@given(seed=seeds, n=st.integers(2, 30), clients=st.integers(1, 40), data=st.data())
def test_downdate_equals_never_having_seen_the_rows(clinic, seed, n, clients, data):
    table = clinic.table(n, seed, clients=clients)
    gone = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    fitted = fit_given_variances(table, clinic.variances)
    left = downdate(fitted, table.rows(gone))
    same_state(left, from_scratch(fitted, table.rows(~gone)), clinic.candidates(seed))


@law
@given(seed=seeds, row=st.integers(0, 24), clients=st.integers(1, 40))
def test_downdate_of_one_row_undoes_its_update(clinic, seed, row, clients):
    table = clinic.table(25, seed, clients=clients)
    others = np.arange(25) != row
    fitted = from_scratch(fit_given_variances(table, clinic.variances), table.rows(others))
    back = downdate(update(fitted, table.rows(~others)), table.rows(~others))
    same_state(back, fitted, clinic.candidates(seed))


@law
@given(seed=seeds)
def test_order_of_rows_does_not_matter(clinic, seed):
    table = clinic.table(30, seed)
    shuffled = table.rows(np.random.default_rng(seed).permutation(30))
    same_state(
        fit_given_variances(table, clinic.variances),
        fit_given_variances(shuffled, clinic.variances),
        clinic.candidates(seed),
    )


@law
@given(seed=seeds, clients=st.integers(1, 40))
def test_a_rating_of_weight_w_teaches_as_much_as_w_equal_ratings(clinic, seed, clients):
    times = np.random.default_rng(seed).integers(1, 4, size=25)
    table = replace(clinic.table(25, seed, clients=clients), weight=np.ones(25))
    fitted = fit_given_variances(replace(table, weight=times), clinic.variances)
    many = from_scratch(fitted, table.rows(np.repeat(np.arange(25), times)))
    found, expected = (forecast(one, clinic.candidates(seed)) for one in (fitted, many))
    for name in ("mean", "sd", "difference_sd"):
        assert np.abs(getattr(found, name) - getattr(expected, name)).max() < 1e-8, name


def test_update_leaves_the_value_it_was_given_untouched(clinic):
    table = clinic.table(30)
    fitted, witness = (
        fit_given_variances(table, clinic.variances),
        fit_given_variances(table, clinic.variances),
    )
    update(fitted, clinic.table(8, 1))
    downdate(fitted, table.rows(np.array([0])))
    same_state(fitted, witness, clinic.candidates(), 0.5e-15)


def test_new_instrument_is_refused_by_name(clinic):
    stranger = replace(clinic.table(5), instruments=("SRS", "brand new"))
    with pytest.raises(EstimationError, match="'brand new' is unknown"):
        update(fit_given_variances(clinic.table(20), clinic.variances), stranger)


def test_downdate_refuses_a_row_that_was_never_added(clinic):
    table = clinic.table(20)
    stranger = replace(table.rows(np.array([0])), client_ids=np.array([999]))
    with pytest.raises(EstimationError, match="by client 999"):
        downdate(fit_given_variances(table, clinic.variances), stranger)


def test_downdate_refuses_more_rows_than_were_added(clinic):
    table = clinic.table(20, clients=200)
    with pytest.raises(EstimationError, match="row 1: no such rating"):
        downdate(fit_given_variances(table, clinic.variances), table.rows(np.array([3, 3])))


@pytest.mark.parametrize(
    "change", [lambda row: {"score": (row.score + 7) % 100}, lambda row: {"weight": 2 * row.weight}]
)
def test_downdate_refuses_a_single_rating_that_differs(clinic, change):
    table = clinic.table(20, clients=2000)
    row = table.rows(np.array([3]))
    with pytest.raises(EstimationError, match="row 0: differs"):
        downdate(fit_given_variances(table, clinic.variances), replace(row, **change(row)))
