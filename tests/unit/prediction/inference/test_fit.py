from dataclasses import replace

import numpy as np
import pytest

from alliance_match.prediction import (
    EstimationError,
    FitControl,
    Prior,
    Variances,
    WorldControl,
    fit,
    fit_given_variances,
    forecast,
    is_informative,
    simulate,
    update,
)


@pytest.fixture(scope="module")
def world():
    return simulate(WorldControl(ratings=3000, therapists=60, learnable=0.2, returning=0.3), 5)


@pytest.fixture(scope="module")
def fitted(world):
    return fit(world.table)


def test_fit_says_truly_that_it_converged(fitted):
    assert fitted.converged
    assert fitted.search.gradient <= FitControl().tolerance


def test_fit_cut_short_does_not_claim_convergence(world):
    search = fit(world.table, FitControl(max_iterations=1)).search
    assert not search.converged
    assert search.gradient > FitControl().tolerance


def test_fit_recovers_the_variances_of_a_known_world(fitted):
    assert fitted.variances.therapist == pytest.approx(22.5, rel=0.45)
    level = fitted.variances.rater + fitted.variances.residual[0]
    assert level == pytest.approx(225 * (0.3 + 0.3), rel=0.1)


def test_fit_finds_the_best_therapist_better_than_chance(world, fitted):
    best = forecast(fitted, world.candidates).mean.argmax(axis=1)
    chosen = world.truth[np.arange(len(best)), best]
    gap = (chosen - world.truth.mean(axis=1)).mean() / (
        world.truth.max(axis=1) - world.truth.mean(axis=1)
    ).mean()
    assert gap > 0.7


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    inside = []
    for seed in range(8):
        world = simulate(WorldControl(ratings=1000, therapists=60), seed)
        found = forecast(fit(world.table), world.candidates)
        apart = world.truth - world.truth.mean(axis=1, keepdims=True)
        inside.append((np.abs(apart - found.difference) <= 1.2816 * found.difference_sd).mean())
    assert np.mean(inside) == pytest.approx(0.8, abs=0.06)


def test_fit_refuses_a_table_that_teaches_nothing(make_table):
    table = make_table(10)
    with pytest.raises(EstimationError, match="no rows"):
        fit(make_table(0))
    with pytest.raises(EstimationError, match="all ratings are of therapist 7"):
        fit(replace(table, therapist_ids=np.full(10, 7)))
    with pytest.raises(EstimationError, match="every rating is 60"):
        fit(replace(table, score=np.full(10, 60.0)))


def test_it_says_beforehand_whether_a_table_teaches_anything(make_table):
    table = make_table(10)
    assert is_informative(table)
    assert not is_informative(make_table(0))
    assert not is_informative(replace(table, therapist_ids=np.full(10, 7)))
    assert not is_informative(replace(table, score=60.0 + 1e-9 * np.arange(10.0)))


def test_two_ratings_are_enough_to_fit(make_table):
    table = replace(make_table(2), therapist_ids=np.array([1, 2]))
    assert fit(table).converged


def test_solve_accepts_a_single_therapist(make_table, variances):
    table = replace(make_table(10), therapist_ids=np.full(10, 7))
    assert fit_given_variances(table, variances).ratings == 10


def test_solve_wants_a_noise_variance_for_each_instrument(make_table, variances):
    with pytest.raises(EstimationError, match="one residual variance"):
        fit_given_variances(make_table(10), replace(variances, residual=(100.0,)))


def test_new_clinic_prefers_agreement(make_table, make_candidates):
    table = make_table(0)
    variances = Variances.default(table.features, instruments=2)
    candidates = make_candidates()
    found = forecast(fit_given_variances(table, variances), candidates)
    assert found.difference == pytest.approx(
        Prior().agreement * centred(candidates.match["agreement"].values())
    )
    assert (found.difference_sd > 0).all()


def centred(values):
    return values - values.mean(axis=1, keepdims=True)


def test_new_clinic_learns_its_first_ratings(make_table, variances):
    fitted = update(fit_given_variances(make_table(0), variances), make_table(5))
    assert fitted.ratings == 5


def test_constant_feature_is_dropped_and_named(make_table, make_candidates, variances):
    table = make_table(30)
    flat = replace(table, x=np.column_stack([np.full(30, 41.7), table.x[:, 1]]))
    fitted = fit(flat)
    assert fitted.layout.dropped == ("client:distress",)
    assert not any("distress" in name for name in fitted.layout.columns)
    assert np.isfinite(forecast(fitted, make_candidates()).sd).all()


def test_more_columns_than_could_be_solved_are_refused_at_once(make_table, variances):
    names = tuple(f"c{k}" for k in range(10_000))
    table = make_table(30)
    wide = np.random.default_rng(1).standard_normal((30, 10_000))
    features = replace(table.features, client=names, slopes=())
    with pytest.raises(EstimationError, match=r"features: 10000 of clients, .* 20000 products"):
        fit_given_variances(replace(table, features=features, x=wide), variances)


def test_a_feature_named_like_another_column_is_refused(make_table, variances):
    table = make_table(30)
    features = replace(table.features, client=("hope", "hope missing"), slopes=())
    with pytest.raises(EstimationError, match="columns: the name 'client:hope missing'"):
        fit_given_variances(replace(table, features=features), variances)


def test_values_of_no_spread_to_speak_of_are_dropped(make_table, variances):
    table = make_table(30, missing=0.0)
    tiny = replace(table, x=table.x * [1.0, 1e-300])
    assert fit_given_variances(tiny, variances).layout.dropped == ("client:hope",)


def test_scores_that_differ_by_rounding_teach_nothing(make_table):
    table = make_table(30)
    with pytest.raises(EstimationError, match="every rating is 50"):
        fit(replace(table, score=50 + 1e-9 * np.arange(30)))


@pytest.mark.parametrize("far", [1e29, -1e29])
def test_a_feature_far_beyond_all_others_does_no_harm(make_table, make_candidates, far):
    table = make_table(30)
    table.x[3, 1] = far
    found = forecast(fit(table), make_candidates())
    assert np.isfinite(found.mean).all()
    assert (found.sd > 0).all()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"max_iterations": -1}, "max_iterations"),
        ({"max_iterations": 1.5}, "max_iterations"),
        ({"max_iterations": True}, "max_iterations"),
        ({"tolerance": 0.0}, "tolerance"),
        ({"tolerance": float("nan")}, "tolerance"),
        ({"tolerance": float("inf")}, "tolerance"),
        ({"tolerance": "small"}, "tolerance"),
        ({"widening": -1.0}, "widening"),
    ],
)
def test_controls_that_could_mean_nothing_are_refused(wrong, complaint):
    with pytest.raises(EstimationError, match=complaint):
        FitControl(**wrong)


@pytest.mark.parametrize("value", [0.0, -1.0, 1e-320, 1e300, float("inf"), float("nan"), "1", None])
def test_a_variance_that_has_no_inverse_is_refused(variances, value):
    with pytest.raises(EstimationError, match="variance of rater"):
        replace(variances, rater=value)
    with pytest.raises(EstimationError, match="variance of residual"):
        replace(variances, residual=(1.0, value))
    with pytest.raises(EstimationError, match="variance of residual"):
        replace(variances, residual=value)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"agreement": float("nan")}, "prior mean of agreement"),
        ({"mean": {"client:hope": float("inf")}}, "prior mean of 'client:hope'"),
        ({"mean": {"client:hope": "1"}}, "prior mean of 'client:hope'"),
        ({"precision": {"client:hope": float("inf")}}, "prior precision of 'client:hope'"),
        ({"scaling": {"client:hope": (float("nan"), 1.0)}}, "prior centre of 'client:hope'"),
        ({"scaling": {"client:hope": (0.0, 1e-300)}}, "prior scale of 'client:hope'"),
        ({"scaling": {"client:hope": 1.0}}, "prior scaling of 'client:hope'"),
    ],
)
def test_a_prior_that_could_mean_nothing_is_refused(wrong, complaint):
    with pytest.raises(EstimationError, match=complaint):
        Prior(**wrong)


def test_prior_scaling_of_a_feature_that_does_not_exist_is_refused(make_table, variances):
    prior = Prior(scaling={"client:age": (0.0, 1.0)})
    with pytest.raises(EstimationError, match="no feature 'client:age'"):
        fit_given_variances(make_table(30), variances, FitControl(prior=prior))


def test_feature_known_for_nobody_is_dropped(make_table, variances):
    table = make_table(30)
    blank = replace(table, z=np.column_stack([table.z[:, 0], np.full(30, np.nan)]))
    assert fit_given_variances(blank, variances).layout.dropped == ("therapist:structure",)


def test_missing_values_get_a_column_of_their_own(make_table, variances):
    table = make_table(30, missing=0.0)
    assert not any(name.endswith("missing") for name in fit_given_variances(table, variances).layout.columns)
    gaps = table.x.copy()
    gaps[3, 0] = np.nan
    columns = fit_given_variances(replace(table, x=gaps), variances).layout.columns
    assert [name for name in columns if name.endswith("missing")] == ["client:distress missing"]


def test_unit_of_a_feature_does_not_matter(make_table, make_candidates, variances):
    table, candidates = make_table(30), make_candidates()
    scaled = replace(table, x=table.x * 1000 + 5)
    one = forecast(fit_given_variances(table, variances), candidates)
    other = forecast(fit_given_variances(scaled, variances), replace(candidates, x=candidates.x * 1000 + 5))
    assert one.mean == pytest.approx(other.mean)
    assert one.sd == pytest.approx(other.sd)


def test_prior_scaling_keeps_the_unit_of_coefficients_estimated_elsewhere(make_table, variances):
    prior = Prior(scaling={"client:distress": (10.0, 4.0)})
    layout = fit_given_variances(make_table(30), variances, FitControl(prior=prior)).layout
    assert (layout.client.centre[0], layout.client.scale[0]) == (10.0, 4.0)


def test_prior_for_a_column_that_does_not_exist_is_refused(make_table, variances):
    with pytest.raises(EstimationError, match="no column 'client:age'"):
        fit_given_variances(make_table(30), variances, FitControl(prior=Prior(mean={"client:age": 1.0})))


def test_impossible_priors_and_variances_are_refused(variances):
    with pytest.raises(EstimationError, match="variance of rater"):
        replace(variances, rater=0.0)
    with pytest.raises(EstimationError, match="variance of residual"):
        replace(variances, residual=(1.0, float("nan")))
    with pytest.raises(EstimationError, match="precision of 'a'"):
        Prior(precision={"a": 0.0})
    with pytest.raises(EstimationError, match="scale of 'a'"):
        Prior(scaling={"a": (0.0, 0.0)})


def test_scaling_of_a_fit_standardises_further_rows_alike(make_table, variances):
    fitted = fit_given_variances(make_table(30), variances)
    control = FitControl(prior=Prior(scaling=fitted.scaling))
    again = fit_given_variances(make_table(40, 1), variances, control)
    assert again.scaling == fitted.scaling
    assert (again.features, again.instruments) == (fitted.features, ("SRS", "WAI"))
    names = {"client:distress", "client:hope", "therapist:warmth", "therapist:structure"}
    assert set(fitted.scaling) == names | {"match:agreement", "match:concerns"}
