"""How much each part matters, and whether there is evidence of it."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given

from alliance_match.prediction import (
    EstimationError,
    PairTerms,
    PartSelection,
    Prior,
    WorldControl,
    fit,
    fit_given_variances,
    forecast,
    part_importance,
    simulate,
)
from tests.unit.prediction.dense import dense_solution
from tests.unit.prediction.laws import law, seeds

EACH = {
    "therapist": PartSelection(therapist=True),
    "agreement": PartSelection(agreement=True),
    "concerns": PartSelection(match=("concerns",)),
    "distress": PartSelection(response=("distress",)),
    "hope": PartSelection(response=("hope",)),
}
ALL = PartSelection(therapist=True, agreement=True, match=("concerns",), response=("distress", "hope"))
Z90 = 1.6448536269514722


def first(found, clients, therapists):
    """The same forecast of the first few clients and therapists."""
    given, c, t = found.candidates, slice(clients), slice(therapists)
    cut = {name: PairTerms(term.client[c], term.therapist[t]) for name, term in given.match.items()}
    few = replace(
        given,
        client_ids=given.client_ids[c],
        x=given.x[c],
        therapist_ids=given.therapist_ids[t],
        z=given.z[t],
        match=cut,
    )
    return forecast(found.fitted, few)


@law
@given(seed=seeds)
def test_the_points_are_the_typical_difference_between_two_therapists(clinic, seed):
    found = forecast(fit_given_variances(clinic.table(40, seed), clinic.variances), clinic.candidates(seed))
    importance = part_importance(found, EACH)
    C, T = found.mean.shape
    clients = [found.parts(c) for c in range(C)]
    rows = {
        "therapist": [parts.therapist for parts in clients],
        "agreement": [parts.agreement for parts in clients],
        "concerns": [parts.match["concerns"] for parts in clients],
        "distress": [parts.response["distress"] for parts in clients],
        "hope": [parts.response["hope"] for parts in clients],
    }
    for part, each in rows.items():
        squares = [(row[a] - row[b]) ** 2 for row in each for a, b in combinations(range(T), 2)]
        assert importance[part].points == pytest.approx(np.sqrt(np.mean(squares)), abs=1e-9)


@law
@given(seed=seeds)
def test_all_parts_of_one_pair_of_therapists_are_their_contrast(clinic, seed):
    fitted = replace(fit_given_variances(clinic.table(40, seed), clinic.variances), widening=1.3)
    found = first(forecast(fitted, clinic.candidates(seed, therapists=(10, 99))), 1, 2)
    whole = part_importance(found, {"all": ALL})["all"]
    assert whole.points == pytest.approx(abs(found.mean[0, 0] - found.mean[0, 1]))
    assert whole.high - whole.points == pytest.approx(Z90 * found.contrast_sd(0, 0, 1))
    assert whole.points - whole.low == pytest.approx(Z90 * found.contrast_sd(0, 0, 1))


def test_a_single_coefficient_has_its_own_interval(clinic):
    fitted = fit_given_variances(clinic.table(40), clinic.variances)
    found = forecast(fitted, clinic.candidates())
    part = part_importance(found, EACH)["concerns"]
    k = fitted.layout.columns.index("match:concerns")
    beta, sd = fitted.coefficients[k], np.sqrt(fitted.moments.of_global[k, k])
    assert part.points / abs(beta) == pytest.approx((part.high - part.low) / (2 * Z90 * sd))


@law
@given(seed=seeds)
def test_a_group_counts_no_more_than_its_parts_together(clinic, seed):
    found = forecast(fit_given_variances(clinic.table(40, seed), clinic.variances), clinic.candidates(seed))
    importance = part_importance(found, EACH | {"both": PartSelection(therapist=True, agreement=True)})
    together = importance["therapist"].points + importance["agreement"].points
    assert importance["both"].points <= together + 1e-9


NOTHING = {
    "concerns": (["match:concerns"], {}),
    "agreement": (["match:agreement"], {}),
    "hope": (["client:hope × therapist:warmth", "client:hope × therapist:structure"], {}),
    "therapist": (["therapist:warmth", "therapist:structure"], {"therapist": 1e-7, "therapist_traits": 1e-7}),
}


@pytest.mark.parametrize("part", NOTHING)
def test_the_evidence_is_that_of_a_dense_computation(part, clinic):
    names, small = NOTHING[part]
    table = clinic.table(40, missing=0.0)
    fitted = fit_given_variances(table, clinic.variances)
    prior = Prior(mean=dict.fromkeys(names, 0.0), precision=dict.fromkeys(names, 1e8))
    nothing = replace(fitted, prior=prior, variances=replace(clinic.variances, **small))
    expected = dense_solution(fitted, table).log_marginal - dense_solution(nothing, table).log_marginal
    found = part_importance(forecast(fitted, clinic.candidates()), EACH)[part]
    assert found.evidence == pytest.approx(expected, abs=1e-4)


def simulated(learnable, seed):
    """The parts in a clinic of fourteen therapists, whose level and whose responses are wholes."""
    world = simulate(WorldControl(ratings=600, therapists=14, new_clients=40, learnable=learnable), seed)
    found = forecast(fit(world.table), world.candidates)
    singles = {name: PartSelection(match=(name,)) for name in found.parts(0).match}
    features = world.table.features
    return part_importance(
        found,
        {
            "therapist": PartSelection(therapist=True),
            "agreement": PartSelection(agreement=True),
            "responses": PartSelection(response=features.client),
            **singles,
        },
    )


@pytest.mark.parametrize("seed", range(3))
def test_what_is_there_is_told_apart_from_nothing(seed):
    importance = simulated(0.105, seed)
    assert importance["therapist"].detected
    assert importance["agreement"].detected


def test_what_is_not_there_hardly_ever_is():
    worlds = [simulated(0.0, seed) for seed in range(16)]
    assert all(importance.pop("therapist").detected for importance in worlds)
    detected = [part.detected for importance in worlds for part in importance.values()]
    assert np.mean(detected) <= 0.05
    assert not any(importance["responses"].detected for importance in worlds)


def test_many_coefficients_need_evidence_beyond_their_interval():
    part = simulated(0.0, 0)["responses"]
    assert part.low > 0
    assert part.evidence < 0


def test_a_group_without_a_column_is_left_out(clinic):
    found = forecast(fit_given_variances(clinic.table(40), clinic.variances), clinic.candidates())
    groups = {"one": EACH["concerns"], "none": PartSelection(match=("weather",), response=("weather",))}
    assert set(part_importance(found, groups)) == {"one"}
    assert part_importance(found, {}) == {}


@pytest.mark.parametrize(("clients", "therapists"), [(0, 3), (2, 1)])
def test_nobody_to_compare_is_refused(clinic, clients, therapists):
    found = forecast(fit_given_variances(clinic.table(40), clinic.variances), clinic.candidates())
    with pytest.raises(EstimationError, match=f"{clients} clients × {therapists} therapists"):
        part_importance(first(found, clients, therapists), EACH)
