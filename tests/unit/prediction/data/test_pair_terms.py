import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import (
    EstimationError,
    PairTerms,
    concern_overlap,
    style_agreement,
    sum_of_terms,
)
from tests.unit.prediction.laws import law

positions = st.one_of(st.integers(-3, 3).map(float), st.just(np.nan))


def by_hand(position, importance, practised, reach):
    """The definition, pair by pair; NaN where either side is unknown."""
    gap = np.maximum(0, np.abs(position[:, None] - practised) - reach)
    return -importance[:, None] * gap**2 / 9


@law
@given(
    wanted=st.lists(positions, min_size=1, max_size=6), offered=st.lists(positions, min_size=1, max_size=6)
)
def test_style_agreement_is_the_centred_definition(wanted, offered):
    position, practised = np.array(wanted), np.array(offered)
    importance, reach = np.arange(float(len(wanted))) % 4, np.arange(len(offered)) % 3 / 2
    raw = by_hand(position, importance, practised, reach)
    known = ~np.isnan(practised)
    average = raw[:, known].mean(axis=1, keepdims=True) if known.any() else 0
    expected = np.nan_to_num(raw - average)
    terms = style_agreement(position, importance, practised, reach)
    assert terms.values() == pytest.approx(expected, abs=1e-12)
    assert terms.value(0, 0) == pytest.approx(expected[0, 0], abs=1e-12)


def test_nearer_therapist_agrees_more():
    terms = style_agreement(np.array([2.0]), np.array([3.0]), np.array([2.0, 0.0, -3.0]), np.zeros(3))
    assert (np.diff(terms.values()[0]) < 0).all()


def test_reach_closes_the_gap():
    terms = style_agreement(np.array([2.0]), np.array([3.0]), np.array([0.0, 0.0]), np.array([2.0, 0.0]))
    assert terms.values()[0, 0] - terms.values()[0, 1] == pytest.approx(3 * 4 / 9)


def test_unknown_importance_is_neutral():
    terms = style_agreement(np.array([2.0]), np.array([np.nan]), np.array([0.0, 3.0]), np.zeros(2))
    assert (terms.values() == 0).all()


def test_overlap_is_a_contrast_among_the_therapists():
    concerns, competence = (
        np.array([[1, 0, 1], [0, np.nan, 0]]),
        np.array([[1, 0, 1], [0, 1, 0], [np.nan] * 3]),
    )
    assert concern_overlap(concerns, competence).values() == pytest.approx(
        np.array([[1.0, -1.0, 0.0], [0, 0, 0]])
    )


def test_pairs_agree_in_batch_and_alone():
    rng = np.random.default_rng(0)
    terms = PairTerms(rng.random((5, 3)), rng.random((4, 3)))
    c, t = np.array([0, 4, 2]), np.array([3, 0, 2])
    assert terms.at(c, t) == pytest.approx([terms.value(*pair) for pair in zip(c, t, strict=True)])
    assert terms.at(c, t) == pytest.approx(terms.values()[c, t])
    assert terms.of_clients(c).values() == pytest.approx(terms.values()[c])


def test_total_adds_the_dimensions():
    rng = np.random.default_rng(0)
    terms = [PairTerms(rng.random((5, r)), rng.random((4, r))) for r in (2, 3)]
    assert sum_of_terms(terms).values() == pytest.approx(terms[0].values() + terms[1].values())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (([4.0], [1.0], [0.0], [0.0]), "position: row 0"),
        (([0.5], [1.0], [0.0], [0.0]), "whole numbers"),
        (([1.0], [9.0], [0.0], [0.0]), "importance: row 0"),
        (([1.0], [1.0], [0.0], [-1.0]), "reach: row 0"),
        (([1.0], [1.0, 2.0], [0.0], [0.0]), "importance: shape"),
    ],
)
def test_style_outside_its_scale_is_refused(arguments, complaint):
    with pytest.raises(EstimationError, match=complaint):
        style_agreement(*(np.array(a) for a in arguments))


def test_terms_must_fit_each_other():
    with pytest.raises(EstimationError, match="therapist terms: shape"):
        PairTerms(np.ones((2, 3)), np.ones((2, 2)))
    with pytest.raises(EstimationError, match="client terms: row 0, column 1"):
        PairTerms(np.array([[0, np.nan]]), np.ones((2, 2)))
    with pytest.raises(EstimationError, match="no terms"):
        sum_of_terms([])
