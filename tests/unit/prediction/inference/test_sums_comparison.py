"""Sums are those of their ratings, whatever legal way led there; one wrong number in either is found."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from alliance_match.prediction import downdate, fit_given_variances, sums_differences, update
from tests.unit.prediction.laws import law, seeds


def by_client(table, parts=3):
    """The ratings in a few tables, those of one client in one of them."""
    return [table.rows(table.client_ids % parts == k) for k in range(parts)]


@pytest.fixture(scope="module")
def fitted_with(make_table, variances):
    """A function that makes a table and what is fitted to it, by the way of updates."""

    def fitted_with(seed):
        table = make_table(40, seed)
        fitted = fit_given_variances(table.rows(np.arange(25)), variances)
        for k in range(25, 40):
            fitted = update(fitted, table.rows(np.array([k])))
        more = make_table(7, seed + 1)
        return table, downdate(update(fitted, more), more)

    return fitted_with


@law
@given(seed=seeds)
def test_updated_sums_are_those_of_their_ratings(fitted_with, seed):
    table, fitted = fitted_with(seed)
    assert not sums_differences(fitted, by_client(table))


def altered(table, name, row, value):
    column = getattr(table, name).copy()
    column[row] = value
    return replace(table, **{name: column})


@pytest.mark.parametrize(
    ("name", "value"), [("score", 1.5), ("weight", 3.5), ("therapist_ids", 14), ("x", 70.0), ("m", -70.0)]
)
def test_a_rating_that_was_altered_is_found_and_no_other(fitted_with, name, value):
    table, fitted = fitted_with(3)
    row = int(np.flatnonzero(table.therapist_ids != 14)[0])
    found = sums_differences(fitted, by_client(altered(table, name, row, value)))
    assert found.rater_ids.tolist() == [table.client_ids[row]]
    assert table.therapist_ids[row] in found.therapist_ids


def test_a_rating_too_many_or_too_few_is_found(fitted_with, make_table):
    table, fitted = fitted_with(3)
    fewer = by_client(table.rows(np.arange(1, 40)))
    assert table.client_ids[0] in sums_differences(fitted, fewer).rater_ids
    stranger = replace(make_table(1, 9), client_ids=np.array([999]))
    assert sums_differences(fitted, [*by_client(table), stranger]).rater_ids.tolist() == [999]
    assert sums_differences(fitted, by_client(table)[:2]).rater_ids.size


@pytest.mark.parametrize("name", ["gram", "moment", "own_gram", "own_cross", "own_moment", "rater_moment"])
def test_a_sum_that_was_altered_is_found(fitted_with, name):
    table, fitted = fitted_with(3)
    values = getattr(fitted.sums, name).copy()
    values[(0,) * values.ndim] *= 1.01
    statistics = replace(fitted.statistics, sums=replace(fitted.sums, **{name: values}))
    assert sums_differences(replace(fitted, statistics=statistics, rank_one=None), by_client(table))


def test_nothing_is_the_sum_of_no_ratings(make_table, variances):
    none = make_table(0)
    assert not sums_differences(fit_given_variances(none, variances), [none])
    assert not sums_differences(fit_given_variances(none, variances), [])
