"""How much each part counts, and whether it can be told apart from nothing."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given

from alliance_match.prediction import (
    EstimationError,
    PairTerms,
    Prior,
    WorldControl,
    fit,
    forecast,
    part_weights,
    simulate,
    solve,
)
from tests.unit.prediction.dense import dense_solution
from tests.unit.prediction.laws import law, seeds

PARTS = ("therapist", "agreement", "match:concerns", "fit with distress", "fit with hope")
EACH = {part: [part] for part in PARTS}
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
    found = forecast(solve(clinic.table(40, seed), clinic.variances), clinic.candidates(seed))
    weights = part_weights(found, EACH)
    C, T = found.mean.shape
    for part in PARTS:
        told = [[found.contributions(c, t)[part] for t in range(T)] for c in range(C)]
        squares = [(row[a] - row[b]) ** 2 for row in told for a, b in combinations(range(T), 2)]
        assert weights[part].points == pytest.approx(np.sqrt(np.mean(squares)), abs=1e-9)


@law
@given(seed=seeds)
def test_all_parts_of_one_pair_of_therapists_are_their_contrast(clinic, seed):
    fitted = replace(solve(clinic.table(40, seed), clinic.variances), widening=1.3)
    found = first(forecast(fitted, clinic.candidates(seed, therapists=(10, 99))), 1, 2)
    whole = part_weights(found, {"all": PARTS})["all"]
    assert whole.points == pytest.approx(abs(found.mean[0, 0] - found.mean[0, 1]))
    assert whole.high - whole.points == pytest.approx(Z90 * found.contrast_sd(0, 0, 1))
    assert whole.points - whole.low == pytest.approx(Z90 * found.contrast_sd(0, 0, 1))


def test_a_single_coefficient_has_its_own_interval(clinic):
    fitted = solve(clinic.table(40), clinic.variances)
    found = forecast(fitted, clinic.candidates())
    weight = part_weights(found, EACH)["match:concerns"]
    k = fitted.layout.columns.index("match:concerns")
    beta, sd = fitted.coefficients[k], np.sqrt(fitted.moments.of_global[k, k])
    assert weight.points / abs(beta) == pytest.approx((weight.high - weight.low) / (2 * Z90 * sd))


@law
@given(seed=seeds)
def test_a_group_counts_no_more_than_its_parts_together(clinic, seed):
    found = forecast(solve(clinic.table(40, seed), clinic.variances), clinic.candidates(seed))
    weights = part_weights(found, EACH | {"both": PARTS[:2]})
    together = weights["therapist"].points + weights["agreement"].points
    assert weights["both"].points <= together + 1e-9


NOTHING = {
    "match:concerns": (["match:concerns"], {}),
    "agreement": (["match:agreement"], {}),
    "fit with hope": (["client:hope × therapist:warmth", "client:hope × therapist:structure"], {}),
    "therapist": (["therapist:warmth", "therapist:structure"], {"therapist": 1e-7, "therapist_traits": 1e-7}),
}


@pytest.mark.parametrize("part", NOTHING)
def test_the_evidence_is_that_of_a_dense_computation(part, clinic):
    names, small = NOTHING[part]
    table = clinic.table(40, missing=0.0)
    fitted = solve(table, clinic.variances)
    prior = Prior(mean=dict.fromkeys(names, 0.0), precision=dict.fromkeys(names, 1e8))
    nothing = replace(fitted, prior=prior, variances=replace(clinic.variances, **small))
    expected = dense_solution(fitted, table).log_marginal - dense_solution(nothing, table).log_marginal
    found = part_weights(forecast(fitted, clinic.candidates()), EACH)[part]
    assert found.evidence == pytest.approx(expected, abs=1e-4)


def simulated(learnable, seed):
    """The weights in a clinic of fourteen therapists, whose level and whose fit are wholes."""
    world = simulate(WorldControl(ratings=600, therapists=14, new_clients=40, learnable=learnable), seed)
    found = forecast(fit(world.table), world.candidates)
    names = found.contributions(0, 0)
    fits = [name for name in names if name.startswith("fit with")]
    return part_weights(found, {name: [name] for name in names if name not in fits} | {"responses": fits})


@pytest.mark.parametrize("seed", range(3))
def test_what_is_there_is_told_apart_from_nothing(seed):
    weights = simulated(0.105, seed)
    assert weights["therapist"].tells
    assert weights["agreement"].tells


def test_what_is_not_there_hardly_ever_is():
    worlds = [simulated(0.0, seed) for seed in range(16)]
    assert all(weights.pop("therapist").tells for weights in worlds)
    told = [weight.tells for weights in worlds for weight in weights.values()]
    assert np.mean(told) <= 0.05
    assert not any(weights["responses"].tells for weights in worlds)


def test_many_coefficients_need_evidence_beyond_their_interval():
    weight = simulated(0.0, 0)["responses"]
    assert weight.low > 0
    assert weight.evidence < 0


def test_a_group_without_a_column_is_left_out(clinic):
    found = forecast(solve(clinic.table(40), clinic.variances), clinic.candidates())
    assert set(part_weights(found, {"one": ["match:concerns"], "none": ["match:weather"]})) == {"one"}
    assert part_weights(found, {}) == {}


@pytest.mark.parametrize(("clients", "therapists"), [(0, 3), (2, 1)])
def test_nobody_to_compare_is_refused(clinic, clients, therapists):
    found = forecast(solve(clinic.table(40), clinic.variances), clinic.candidates())
    with pytest.raises(EstimationError, match=f"{clients} clients × {therapists} therapists"):
        part_weights(first(found, clients, therapists), EACH)
