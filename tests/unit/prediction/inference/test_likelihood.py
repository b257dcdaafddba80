from dataclasses import fields, replace

import numpy as np
import pytest

from alliance_match.prediction import FitControl, Prior, fit_given_variances
from alliance_match.prediction.inference.likelihood import likelihood_of
from alliance_match.prediction.model.design import design_of
from tests.unit.prediction.dense import dense_solution, log_marginal


def likelihood_at(table, prior):
    layout = fit_given_variances(table, _flat(), FitControl(prior=prior)).layout
    return likelihood_of(layout, prior, design_of(layout, table))


def _flat():
    from alliance_match.prediction import Variances

    return Variances(1, 1, 1, 1, 1, 1, 1, 1, (1.0, 1.0))


@pytest.mark.parametrize("seed", range(4))
def test_log_marginal_likelihood_equals_the_dense_one_whatever_the_weights(make_table, variances, seed):
    table = make_table(40, seed)
    equal = replace(table, weight=np.ones(40))
    expected = dense_solution(fit_given_variances(equal, variances), equal).log_marginal
    assert log_marginal(likelihood_at(table, Prior()), variances) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_gradient_equals_finite_differences(make_table, variances, seed):
    prior = Prior(precision={"client:hope": 0.5})
    likelihood = likelihood_at(make_table(40, seed), prior)
    _, blocks, residual = likelihood.value_and_gradient(variances)
    step = 1e-4

    def slope(up, down):
        return (log_marginal(likelihood, up) - log_marginal(likelihood, down)) / (2 * step)

    for block in fields(variances)[:-1]:
        value = getattr(variances, block.name)
        up, down = (replace(variances, **{block.name: value * np.exp(s)}) for s in (step, -step))
        assert blocks[block.name] == pytest.approx(slope(up, down), abs=1e-6), block.name
    for k in range(2):
        noise = np.array(variances.residual)
        up, down = (
            replace(variances, residual=tuple(noise * np.exp(s * (np.arange(2) == k)))) for s in (step, -step)
        )
        assert residual[k] == pytest.approx(slope(up, down), abs=1e-6)
