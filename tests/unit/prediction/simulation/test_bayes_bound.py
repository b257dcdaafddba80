"""The Bayes bound equals the textbook's Gaussian posterior, computed densely."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction.simulation.bayes_bound import Oracle
from tests.unit.prediction.laws import law, seeds


def oracle(n, seed):
    rng = np.random.default_rng(seed)
    return Oracle(
        client=rng.integers(n, size=n),
        therapist=rng.integers(4, size=n),
        surprise=10 * rng.standard_normal(n),
        response=rng.standard_normal((n, 3)),
        client_sd=5.0,
        noise_sd=rng.uniform(3, 9, n),
        shared=70 + rng.standard_normal((2, 4)),
        new_response=rng.standard_normal((2, 3)),
    )


def dense(known):
    """Regress the pairs on the surprises by their covariances."""
    same = known.therapist[:, None] == known.therapist
    covariance = (known.response @ known.response.T) * same + np.diag(known.noise_sd**2)
    covariance += known.client_sd**2 * (known.client[:, None] == known.client)
    weight = np.linalg.solve(covariance, known.surprise)
    together = (known.therapist[:, None] == np.arange(4)) * weight[:, None]
    return known.shared + known.new_response @ known.response.T @ together


@law
@given(n=st.integers(1, 40), seed=seeds)
def test_bound_is_the_posterior_mean(n, seed):
    known = oracle(n, seed)
    assert known.bound() == pytest.approx(dense(known), abs=1e-8)
