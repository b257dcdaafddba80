"""The factorisation against dense linear algebra, on random graphs of therapists and raters."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import EstimationError
from alliance_match.prediction.linalg import ordering, symbolic
from alliance_match.prediction.linalg.factor import Factor, factorise
from alliance_match.prediction.linalg.ordering import levels_of
from alliance_match.prediction.linalg.symbolic import SymbolicFactor, symbolic_factor
from tests.unit.prediction.laws import law, seeds


class System(NamedTuple):
    """A positive definite matrix, whole and as a factor."""

    symbolic: SymbolicFactor
    factor: Factor
    whole: np.ndarray
    therapist: np.ndarray
    rater: np.ndarray


def system(seed: int, therapists: int, q: int, raters: int, pairs: int, p: int) -> System:
    rng = np.random.default_rng(seed)
    joined = np.unique(rng.integers(therapists * raters, size=pairs)) if raters else np.empty(0, np.int64)
    t, r = np.divmod(joined, max(raters, 1))
    layout = symbolic_factor(therapists, q, raters, (t, r), p)
    n = therapists * q + raters
    whole = np.zeros((n + p, n + p))
    for one, other in zip(t, r, strict=True):
        whole[one * q : one * q + q, therapists * q + other] = rng.standard_normal(q)
    for one in range(therapists):
        block = slice(one * q, one * q + q)
        whole[block, block] = np.tril(rng.standard_normal((q, q)), -1)
    whole[:n, n:] = rng.standard_normal((n, p))
    whole += whole.T
    np.fill_diagonal(whole, np.abs(whole).sum(axis=0) + rng.random(n + p) + 0.1)
    cells = np.zeros(layout.cells)
    own = np.arange(therapists * q).reshape(therapists, q)
    cells[layout.own] = whole[own[:, :, None], own[:, None, :]]
    at = therapists * q + np.arange(raters)
    cells[layout.rater] = whole[at, at]
    cells[layout.pair] = whole[own[t], at[r][:, None]]
    return System(layout, factorise(layout, cells, whole[:n, n:], whole[n:, n:]), whole, t, r)


sizes = {
    "therapists": st.integers(1, 40),
    "q": st.integers(1, 3),
    "raters": st.integers(0, 60),
    "pairs": st.integers(0, 120),
    "p": st.integers(0, 4),
}


@pytest.fixture(scope="module", params=["dense", "levels", "small groups"])
def manner(request):
    """How much of a small system is eliminated node by node."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param != "dense":
            patch.setattr(ordering, "LEVEL", 0.0)
            patch.setattr(ordering, "SCATTERED", 1.0)
        if request.param == "small groups":
            patch.setattr(symbolic, "FEW", 0)
            patch.setattr(symbolic, "MOST", 10)
        yield


@law
@given(seed=seeds, size=st.fixed_dictionaries(sizes))
def test_solution_and_determinant_equal_the_dense_ones(manner, seed, size):
    found = system(seed, **size)
    n = found.symbolic.scalars
    scalars, columns = found.factor.solve(*np.split(np.eye(len(found.whole)), [n]))
    assert np.abs(np.concatenate([scalars, columns]) - np.linalg.inv(found.whole)).max() < 1e-10
    assert found.factor.log_det == pytest.approx(np.linalg.slogdet(found.whole)[1], abs=1e-9)


@law
@given(seed=seeds, size=st.fixed_dictionaries(sizes))
def test_selected_covariances_equal_the_dense_ones(manner, seed, size):
    found = system(seed, **size)
    covariance, n = np.linalg.inv(found.whole), found.symbolic.scalars
    selected, layout = found.factor.selected(), found.symbolic
    T, q, R = layout.therapists, layout.q, layout.raters
    own, rater = np.arange(T * q).reshape(T, q), T * q + np.arange(R)
    pairs = (
        (selected.cells[layout.own], covariance[own[:, :, None], own[:, None, :]]),
        (selected.cells[layout.rater], covariance[rater, rater]),
        (selected.cells[layout.pair], covariance[own[found.therapist], rater[found.rater][:, None]]),
        (selected.with_global[:-1], covariance[:n, n:]),
        (selected.of_global, covariance[n:, n:]),
    )
    for one, other in pairs:
        assert np.abs(one - other).max(initial=0.0) < 1e-10


def test_an_indefinite_matrix_is_refused():
    layout = symbolic_factor(1, 1, 0, (np.empty(0, np.int64), np.empty(0, np.int64)), 1)
    with pytest.raises(EstimationError, match="not positive definite"):
        factorise(layout, np.full(layout.cells, -1.0), np.zeros((1, 1)), np.eye(1))


def test_raters_of_one_therapist_cost_next_to_nothing():
    """10,000 clients who rate the same therapist again and again leave no dense rest."""
    therapist = np.arange(10_000) % 50
    levels, core = levels_of(np.repeat([3, 1], [50, 10_000]), therapist, 50 + np.arange(10_000), border=20)
    assert sum(len(level.nodes) for level in levels) >= 10_000
    assert len(core) <= 50


def test_clients_who_changed_therapist_leave_a_small_core():
    rng = np.random.default_rng(0)
    one, other = rng.permuted(np.tile(np.arange(2000), (2, 1)), axis=1)
    raters = 2000 + np.arange(2000)
    size = np.repeat([3, 1], [2000, 2000])
    _, core = levels_of(size, np.concatenate([one, other]), np.concatenate([raters, raters]), border=20)
    assert size[core].sum() < 1000
