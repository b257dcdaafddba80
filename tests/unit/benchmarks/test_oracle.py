"""The oracle of the load tests is right about small cases, and finds what was planted."""

from dataclasses import replace

import numpy as np
import pytest

from alliance_match.prediction import FitControl, Variances, fit_given_variances, to_dict
from benchmarks.load import oracle
from benchmarks.load.journal import Journal, Sent
from benchmarks.load.traffic import arrivals
from benchmarks.worlds import draw


def rated(episode, number, rating, total=50.0):
    return {"episode": episode, "number": number, "rating": rating, "total": total}


def test_of_an_episode_the_rating_nearest_session_three_counts_the_earlier_on_a_tie():
    rows = [rated(1, 2, 11), rated(1, 3, 12, 70.0), rated(1, 4, 13), rated(2, 4, 21), rated(2, 2, 22, 60.0)]
    assert oracle.ratings_that_count(rows) == {12: 70.0, 22: 60.0}


@pytest.mark.parametrize(
    ("trained", "faults"),
    [
        ([(1, 50.0), (2, 60.0)], []),
        ([(1, 50.0)], ["1 lost"]),
        ([(1, 50.0), (2, 60.0), (2, 60.0)], ["1 double"]),
        ([(1, 50.0), (2, 61.0)], ["1 stale"]),
        ([(1, 50.0), (2, 60.0), (3, 1.0)], ["1 foreign"]),
    ],
)
def test_each_rating_must_be_trained_on_once_with_its_newest_total(trained, faults):
    rows = [{"rating": rating, "score": score} for rating, score in trained]
    assert oracle.training_faults({1: 50.0, 2: 60.0}, rows) == faults


def trained_rows(table):
    """A training table as rows of the database."""
    features = np.column_stack([table.x, table.z, table.m])
    return [
        {
            "client": int(table.client_ids[k]),
            "therapist": int(table.therapist_ids[k]),
            "code": table.instruments[table.instrument[k]],
            "session": int(table.session[k]),
            "score": float(table.score[k]),
            "features": features[k].tolist(),
            "weight": float(table.weight[k]),
        }
        for k in range(len(table))
    ]


@pytest.fixture
def solved():
    """A small clinic whose raters rate once or twice, some with missing features: fit and dense solution."""
    table = draw("no ceiling", 3, 120).world.table
    x = table.x.copy()
    x[::9, 0] = np.nan
    table = replace(table, x=x, client_ids=table.client_ids // 2, weight=1 + table.client_ids % 3 / 2)
    fitted = fit_given_variances(table, Variances.default(table.features), FitControl())
    dense = oracle.dense_solve(oracle.Columns(to_dict(fitted)), trained_rows(table), [], [])
    return fitted, dense


def test_the_dense_solution_is_that_of_the_estimator(solved):
    fitted, dense = solved
    np.testing.assert_allclose(dense.coefficients, fitted.coefficients, atol=1e-9)
    np.testing.assert_allclose(dense.own_of(dense.therapists), fitted.therapist_effects, atol=1e-9)


def test_the_dense_solution_of_a_rating_more_is_another(solved):
    fitted, dense = solved
    assert np.abs(dense.mean).max() > 1
    again = oracle.dense_solve(dense.columns, [*trained_rows(draw("no ceiling", 3, 120).world.table)], [], [])
    assert np.abs(again.coefficients - fitted.coefficients).max() > 1e-3


FIGURES = oracle.Figures(
    mean=np.array([70.0, 60.04, 65.0]),
    sd=np.array([5.0, 6.0, 7.0]),
    difference=np.array([4.99, -4.97, -0.01]),
    difference_sd=np.array([3.0, 3.0, 3.0]),
)
LIST = {
    "therapist_ids": [1, 3, 2],
    "means": [700, 650, 600],
    "sds": [50, 70, 60],
    "differences": [50, 0, -50],
    "difference_sds": [30, 30, 30],
}


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({}, []),
        ({"means": [701, 650, 600]}, ["mean off by 0.1"]),
        ({"sds": [50, 70, 61]}, ["sd off by 0.1"]),
        ({"therapist_ids": [3, 1, 2]}, ["another order", "mean off by 5"]),
        ({name: values[:2] for name, values in LIST.items()}, ["other therapists"]),
    ],
)
def test_a_stored_list_must_equal_its_recompute_at_the_stored_precision(change, faults):
    found = oracle.list_faults(LIST | change, FIGURES, [1, 2, 3], {1, 2, 3})
    assert found[: len(faults)] == faults
    assert bool(found) == bool(faults)


def test_agreement_is_about_the_average_of_the_therapists():
    nearer, further = np.array([[1.0], [-2.0]]), np.array([[1.0], [0.0]])
    single, pooled = oracle.agreement(np.array([2.0]), np.array([2.0]), nearer, further)
    np.testing.assert_allclose(single[:, 0], [16 / 9, -16 / 9])
    np.testing.assert_allclose(pooled, single[:, 0])


def sent(session, answer, status=302, seconds=0.1):
    return Sent("submit", session, answer, due=10.0, ended=10.0 + seconds, status=status)


def test_the_journal_holds_the_answer_acknowledged_last_and_counts_no_answer_as_an_error():
    journal = Journal()
    for one in (sent(1, 3), sent(1, 4, seconds=0.3), sent(2, 5, status=503), sent(3, 5, status=0)):
        journal.note(one)
    assert {session: one.answer for session, one in journal.acknowledged().items()} == {1: 4}
    assert journal.server_errors() == 2
    assert journal.quantile(1.0) == pytest.approx(0.3)


def test_calls_arrive_at_the_rate_asked_for():
    times = arrivals(20, 2_000, np.random.default_rng(0))
    assert times == sorted(times)
    assert 2_000 / times[-1] == pytest.approx(20, rel=0.1)
