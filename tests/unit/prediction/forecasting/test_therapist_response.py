"""How the alliance with one therapist changes with a client feature."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from alliance_match.prediction import EstimationError, fit_given_variances, forecast, therapist_response
from tests.unit.prediction.dense import dense_solution
from tests.unit.prediction.laws import law, seeds


@law
@given(seed=seeds)
def test_it_agrees_with_the_textbook_solution(clinic, seed):
    table = clinic.table(40, seed)
    fitted = fit_given_variances(table, clinic.variances)
    dense, layout = dense_solution(fitted, table), fitted.layout
    t, z = 1, np.array([[0.3, -1.2], [0.5, np.nan]])
    functional = np.zeros(len(dense.mean))
    for name, value in zip(("warmth", "structure"), layout.therapist.values(z).mean(axis=0), strict=True):
        functional[layout.columns.index(f"client:distress × therapist:{name}")] = value
    functional[len(layout.columns) + 2 * t + 1] = 1.0
    functional /= layout.client.scale[0]
    found = therapist_response(fitted, int(fitted.roster.therapist_ids[t]), "distress", z)
    assert found.mean == pytest.approx(functional @ dense.mean, abs=1e-8)
    assert found.sd**2 == pytest.approx(functional @ dense.covariance @ functional, abs=1e-8)


@pytest.mark.parametrize("therapist", range(4))
@pytest.mark.parametrize(("feature", "step"), [("distress", (1.0, 0.0)), ("hope", (0.0, 1.0))])
def test_it_is_what_one_unit_adds_to_the_response_of_a_forecast(clinic, therapist, feature, step):
    fitted, candidates = fit_given_variances(clinic.table(40), clinic.variances), clinic.candidates()
    more = replace(candidates, x=candidates.x + step)
    answers = [forecast(fitted, one).parts(0).response[feature] for one in (candidates, more)]
    expected = answers[1] - answers[0]
    found = [
        therapist_response(fitted, t, feature, z[None]).mean
        for t, z in zip(candidates.therapist_ids.tolist(), candidates.z, strict=True)
    ]
    assert found[therapist] - np.mean(found) == pytest.approx(expected[therapist], abs=1e-9)


def test_a_therapist_never_rated_is_less_sure_than_one_who_was(clinic):
    fitted, z = fit_given_variances(clinic.table(40), clinic.variances), np.array([[0.1, 0.2]])
    known, new = (therapist_response(fitted, t, "distress", z) for t in (10, 99))
    assert new.sd > known.sd


def test_a_feature_that_never_varied_has_none(clinic):
    table = clinic.table(40)
    fitted = fit_given_variances(replace(table, x=table.x * [1, np.nan]), clinic.variances)
    assert therapist_response(fitted, 10, "hope", table.z[:1]) is None


@pytest.mark.parametrize(
    ("feature", "z", "complaint"),
    [
        ("mood", np.zeros((1, 2)), "'mood' is not among"),
        ("hope", np.zeros((1, 3)), "z: shape"),
        ("hope", np.zeros((0, 2)), "z: no rows"),
    ],
)
def test_what_cannot_be_answered_is_refused(clinic, feature, z, complaint):
    with pytest.raises(EstimationError, match=complaint):
        therapist_response(fit_given_variances(clinic.table(40), clinic.variances), 10, feature, z)
