import numpy as np
import pytest

from alliance_match.prediction import FitControl, Prior, fit_given_variances, forecast
from tests.unit.prediction.dense import dense_solution, pair_functional


@pytest.mark.parametrize("seed", range(4))
def test_posterior_equals_the_dense_textbook_solution(make_table, variances, seed):
    table = make_table(40, seed)
    fitted = fit_given_variances(table, variances)
    dense = dense_solution(fitted, table)
    p, (T, q) = len(fitted.coefficients), fitted.therapist_effects.shape
    assert fitted.therapist_effects.ravel() == pytest.approx(dense.mean[p : p + T * q], abs=1e-8)
    assert fitted.coefficients == pytest.approx(dense.mean[:p], abs=1e-8)
    assert fitted.moments.of_global == pytest.approx(dense.covariance[:p, :p], abs=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_forecast_spreads_equal_the_dense_ones(make_table, make_candidates, variances, seed):
    table, candidates = make_table(40, seed), make_candidates(seed)
    fitted = fit_given_variances(table, variances)
    dense, found = dense_solution(fitted, table), forecast(fitted, candidates)
    C, T = candidates.shape
    for c in range(C):
        rows = np.array([pair_functional(fitted, candidates, c, t) for t in range(T)])
        unseen = (candidates.therapist_ids == 99) * float(found.design.h[c] ** 2 @ [20.0, 5.0])
        rater = 0.0 if candidates.client_ids[c] in fitted.roster.rater_ids else variances.rater
        spread = rows @ dense.covariance @ rows.T + np.diag(unseen) + rater
        centring = np.eye(T) - 1 / T
        assert found.mean[c] == pytest.approx(rows @ dense.mean, abs=1e-8)
        assert found.sd[c] ** 2 == pytest.approx(np.diag(spread), abs=1e-8)
        apart = np.diag(centring @ spread @ centring.T)
        assert found.difference_sd[c] ** 2 == pytest.approx(apart, abs=1e-8)
        contrast = spread[0, 0] + spread[3, 3] - 2 * spread[0, 3]
        assert found.contrast_sd(c, 0, 3) ** 2 == pytest.approx(contrast, abs=1e-8)


def test_posterior_without_rows_is_the_prior(make_table, variances):
    fitted = fit_given_variances(make_table(0), variances)
    names = dict(zip(fitted.layout.columns, fitted.coefficients, strict=True))
    assert names == {
        "instrument:SRS": 70,
        "instrument:WAI": 70,
        **dict.fromkeys(("session:1", "session:2", "session:4-6", "session:7+"), 0),
        "match:agreement": pytest.approx(Prior().agreement),
    }


def test_named_prior_overrules_the_block(make_table, variances):
    prior = Prior(mean={"match:agreement": -4.0}, precision={"match:agreement": 1e9})
    fitted = fit_given_variances(make_table(30), variances, FitControl(prior=prior))
    place = fitted.layout.columns.index("match:agreement")
    assert fitted.coefficients[place] == pytest.approx(-4.0, abs=1e-4)
