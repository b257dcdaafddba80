from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alliance_match.prediction import (
    EstimationError,
    FitControl,
    Interval,
    Prior,
    WorldControl,
    calibrate,
    evaluate,
    evaluate_unseen_therapists,
    fit,
    fit_given_variances,
    forecast,
    forecast_rows,
    latest_rows,
    simulate,
    verdict,
)
from alliance_match.prediction.evaluation.metrics import coverage, rank_correlation, rmse, therapist_bootstrap
from alliance_match.prediction.evaluation.nested_models import shrunken_means
from tests.unit.prediction.forecasting.test_forecast import only
from tests.unit.prediction.laws import law


@pytest.fixture(scope="module")
def evaluation():
    world = simulate(WorldControl(ratings=2500, therapists=40, learnable=0.3, returning=0.3), 3)
    return evaluate(world.table, latest_rows(np.arange(2500.0)), seed=1)


def test_each_nested_model_adds_where_there_is_something_to_learn(evaluation):
    steps = [
        evaluation.nested_r2[name].estimate for name in ("mean", "client", "therapist", "match", "slopes")
    ]
    assert steps == sorted(steps)
    assert evaluation.match_gain.low > 0


def test_model_of_the_clients_knows_no_therapist(evaluation):
    assert evaluation.nested_r2["therapist"].estimate > evaluation.nested_r2["client"].estimate + 0.05


def test_largest_nested_model_is_the_estimator_itself(evaluation):
    assert evaluation.nested_r2["slopes"].estimate == pytest.approx(evaluation.r2)
    assert evaluation.nested_r2["mean"] == Interval(0.0, 0.0, 0.0)
    assert evaluation.rmse < evaluation.peer_rmse


def test_coverage_is_near_nominal(evaluation):
    assert all(abs(share - level) < 0.06 for level, share in evaluation.coverage.items())


def test_evaluation_is_the_same_for_the_same_seed(make_table):
    table, held_out = make_table(60), np.arange(60) % 4 == 0
    one, other = (evaluate(table, held_out, seed=2) for _ in range(2))
    assert (one.nested_r2, one.gain) == (other.nested_r2, other.gain)
    assert one.nested_r2 != evaluate(table, held_out, seed=3).nested_r2


def test_evaluation_works_with_a_prior_that_names_columns(make_table):
    prior = Prior(mean={"match:concerns": 1.0}, precision={"client:hope × therapist:warmth": 2.0})
    evaluation = evaluate(make_table(60), np.arange(60) % 4 == 0, FitControl(prior=prior))
    assert evaluation.ratings == 15


ids = st.sampled_from([lambda k: 0 * k, lambda k: k % 2, lambda k: k % 9, lambda k: k])
scores = st.sampled_from(
    [lambda k: 60.0 + 0 * k, lambda k: 60.0 + 1e-9 * k, lambda k: 100.0 * (k == 3), lambda k: k * 37.0 % 101]
)


@law
@given(old_ids=ids, new_ids=ids, client_ids=ids, old_scores=scores, new_scores=scores)
def test_evaluation_is_never_impossible_where_both_sides_have_rows(
    make_table, old_ids, new_ids, client_ids, old_scores, new_scores
):
    """One therapist, one client, one score, everybody once: whatever the older ratings are of."""
    row = np.arange(30)
    late = row >= 24
    table = replace(
        make_table(30),
        therapist_ids=np.where(late, new_ids(row), old_ids(row) + 3),
        client_ids=client_ids(row),
        score=np.where(late, new_scores(row), old_scores(row)),
    )
    evaluation = evaluate(table, late)
    assert np.isfinite([evaluation.rmse, evaluation.r2, evaluation.peer_rmse]).all()
    assert FitControl(widening=evaluation.calibration.widening)


def test_intervals_never_widen_beyond_what_a_fit_takes():
    """A thousand times the same rating, and then others."""
    far = calibrate(np.full(400, 90.0), np.full(400, 60.0), np.full(400, 1e-4))
    assert FitControl(widening=far.widening).widening == 1000.0


def test_split_needs_both_sides(make_table):
    for held_out in (np.zeros(20, bool), np.ones(20, bool), np.ones(19, bool)):
        with pytest.raises(EstimationError, match="held_out"):
            evaluate(make_table(20), held_out)


@pytest.mark.parametrize("time", [[], [1.0, float("nan")], [1.0, float("inf")], ["a", "b"]])
def test_later_needs_times(time):
    with pytest.raises(EstimationError, match=r"time|rows"):
        latest_rows(time)


@pytest.mark.parametrize("held_out", [None, [1, 0] * 15, np.arange(6), np.zeros((30, 1), bool)])
def test_held_out_is_a_mark_for_every_row(make_table, held_out):
    with pytest.raises(EstimationError, match="held_out"):
        evaluate(make_table(30), held_out)


@pytest.mark.parametrize("folds", [1, 2.5, "five"])
def test_folds_are_a_number_of_folds(make_table, folds):
    with pytest.raises(EstimationError, match="folds"):
        evaluate_unseen_therapists(make_table(30), folds)


def test_a_bootstrap_needs_a_seed(make_table):
    table = make_table(30)
    for evaluation in (lambda: evaluate(table, np.arange(30) < 6, seed=-1), lambda: unseen_with(table, -1)):
        with pytest.raises(EstimationError, match="seed"):
            evaluation()


def unseen_with(table, seed):
    return evaluate_unseen_therapists(table, seed=seed)


def test_later_marks_the_latest_rows():
    time = np.array([5.0, 1.0, 9.0, 3.0, 9.0, 2.0, 4.0, 6.0, 7.0, 8.0])
    assert np.flatnonzero(latest_rows(time)).tolist() == [2, 4]
    with pytest.raises(EstimationError, match="share"):
        latest_rows(time, 1.0)


def test_interval_is_wider_when_therapists_differ_more(make_table):
    table = make_table(200, therapists=20)
    truth = np.where(table.therapist_ids == 10, table.score, 70.0)
    interval = therapist_bootstrap(table, np.full(200, 70.0), 0).r2(truth)
    assert interval.low == pytest.approx(0.0)
    assert interval.low < interval.estimate < interval.high


def test_coverage_counts_the_ratings_inside():
    score = stats.norm(50, 10).rvs(20_000, random_state=np.random.default_rng(0))
    found = coverage(score, np.full(20_000, 50.0), np.full(20_000, 10.0))
    assert found == pytest.approx({0.5: 0.5, 0.8: 0.8, 0.9: 0.9}, abs=0.01)


def test_rank_correlation_is_within_raters(make_table):
    table = make_table(80, clients=8)
    assert rank_correlation(table, table.score + 1000 * table.client_ids) == pytest.approx(1.0)
    assert rank_correlation(table, -table.score) == pytest.approx(-1.0)
    alone = make_table(8, clients=10_000_000)
    assert np.isnan(rank_correlation(alone, alone.score))


def test_shrunken_mean_lies_between_the_therapist_and_everyone(make_table):
    table = make_table(100)
    table = replace(table, score=np.clip(table.score + 3.0 * (table.therapist_ids - 12), 0, 100))
    of_first = table.rows(table.therapist_ids == 10)
    shrunken = shrunken_means(table, of_first)[0]
    assert of_first.score.mean() < shrunken < table.score.mean()
    assert shrunken_means(table, replace(of_first, therapist_ids=of_first.therapist_ids + 90))[
        0
    ] == pytest.approx(table.score.mean())


def test_row_forecast_equals_the_pair_forecast(make_table, make_candidates, variances):
    fitted, candidates = fit_given_variances(make_table(40), variances), make_candidates()
    found = forecast(fitted, candidates)
    for c, t in np.ndindex(candidates.shape):
        pair = only(candidates, c, t)
        row = replace(
            make_table(1),
            client_ids=pair.client_ids,
            therapist_ids=pair.therapist_ids,
            instrument=np.array([1]),
            session=np.array([3]),
            x=pair.x,
            z=pair.z,
            m=np.array([[pair.match[name].value(0, 0) for name in pair.features.match]]),
        )
        alone = forecast_rows(fitted, row)
        assert alone.mean[0] == pytest.approx(found.mean[c, t], abs=1e-9)
        assert alone.sd[0] == pytest.approx(found.sd[c, t], abs=1e-9)
        assert alone.rating_sd[0] ** 2 == pytest.approx(found.sd[c, t] ** 2 + found.noise_sd**2)


def test_null_world_shows_no_match_effect():
    shown = 0
    for seed in range(10):
        world = simulate(WorldControl(ratings=500, therapists=30, learnable=0.0), seed)
        shown += verdict(evaluate(world.table, latest_rows(np.arange(500.0))), 500) == "predicted"
    assert shown <= 2


@pytest.mark.parametrize(
    ("ratings", "low", "expected"),
    [
        (99, 0.1, "preference fit"),
        (100, 0.1, "early"),
        (299, 0.1, "early"),
        (300, 0.001, "predicted"),
        (300, 0.0, "no detectable match effect"),
    ],
)
def test_verdict_follows_the_gates(evaluation, ratings, low, expected):
    found = replace(evaluation, therapists=30, match_gain=Interval(0.2, low, 0.3))
    assert verdict(found, ratings) == expected


@pytest.mark.parametrize("therapists", [2, 3])
def test_a_gain_over_two_or_three_therapists_is_never_sure(therapists):
    control = WorldControl(ratings=400, therapists=therapists, new_clients=5, learnable=0.0)
    tables = [simulate(control, seed).table for seed in range(20)]
    found = [evaluate(table, latest_rows(np.arange(400.0))) for table in tables]
    assert any(one.match_gain.low > 0 for one in found)
    assert {verdict(one, 400) for one in found} == {"no detectable match effect"}


def test_verdict_without_evaluation_stays_early():
    assert verdict(None, 1000) == "early"
    assert verdict(None, 10) == "preference fit"


def test_fit_of_the_evaluation_saw_only_the_training_rows(make_table):
    table, held_out = make_table(60), np.arange(60) % 4 == 0
    test = table.rows(held_out)
    found = forecast_rows(fit(table.rows(~held_out)), test)
    assert evaluate(table, held_out).rmse == pytest.approx(rmse(test.score, found.mean))


@pytest.fixture(scope="module")
def unseen():
    world = simulate(WorldControl(ratings=1500, therapists=40, learnable=0.3), 3)
    return evaluate_unseen_therapists(world.table, seed=1)


def test_every_rating_is_held_out_once(unseen):
    assert unseen.ratings == 1500


def test_nothing_is_known_of_an_unseen_therapist_but_features(unseen):
    assert unseen.nested_r2["therapist"].estimate < unseen.nested_r2["client"].estimate + 0.02
    assert unseen.match_gain.low > 0
    assert unseen.nested_r2["slopes"].estimate == pytest.approx(unseen.r2)


def test_shrunken_mean_of_an_unseen_therapist_is_everyones(unseen):
    assert unseen.gain == unseen.nested_r2["slopes"]


def test_intervals_know_that_a_therapist_is_new(unseen):
    assert all(abs(share - level) < 0.06 for level, share in unseen.coverage.items())


def test_leaving_one_therapist_out_equals_evaluating_on_each(make_table):
    table = make_table(90, therapists=3, clients=1000)
    pooled = evaluate_unseen_therapists(table, folds=9)
    each = [evaluate(table, table.therapist_ids == t) for t in (10, 11, 12)]
    squared = sum(one.rmse**2 * one.ratings for one in each)
    assert pooled.rmse**2 * pooled.ratings == pytest.approx(squared)
    assert pooled.coverage[0.9] * 90 == pytest.approx(sum(one.coverage[0.9] * one.ratings for one in each))


@pytest.mark.parametrize(("therapists", "folds"), [(2, 5), (5, 1)])
def test_too_few_therapists_or_folds_are_refused(make_table, therapists, folds):
    with pytest.raises(EstimationError, match="folds"):
        evaluate_unseen_therapists(make_table(60, therapists=therapists), folds)
