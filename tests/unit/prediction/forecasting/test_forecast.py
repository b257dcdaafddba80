from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from alliance_match.prediction import EstimationError, PairTerms, fit_given_variances, forecast
from tests.unit.prediction.laws import law, seeds


def only(candidates, c, t):
    """The same pair as candidates of its own."""
    cut = {name: PairTerms(term.client[[c]], term.therapist[[t]]) for name, term in candidates.match.items()}
    return replace(
        candidates,
        client_ids=candidates.client_ids[[c]],
        x=candidates.x[[c]],
        therapist_ids=candidates.therapist_ids[[t]],
        z=candidates.z[[t]],
        match=cut,
    )


@law
@given(seed=seeds)
def test_batch_forecast_equals_one_by_one(make_table, make_candidates, variances, seed):
    fitted, candidates = fit_given_variances(make_table(40, seed), variances), make_candidates(seed)
    batch = forecast(fitted, candidates)
    for c, t in np.ndindex(candidates.shape):
        alone = forecast(fitted, only(candidates, c, t))
        assert alone.mean[0, 0] == pytest.approx(batch.mean[c, t], abs=1e-9)
        assert alone.sd[0, 0] == pytest.approx(batch.sd[c, t], abs=1e-9)


@law
@given(seed=seeds)
def test_spreads_and_parts_of_some_pairs_are_those_of_all(make_table, make_candidates, variances, seed):
    found = forecast(fit_given_variances(make_table(40, seed), variances), make_candidates(seed))
    C, T = found.mean.shape
    chosen = np.random.default_rng(seed).integers(T, size=(C, 2))
    sd, difference_sd = found.spreads_of(chosen)
    assert sd == pytest.approx(np.take_along_axis(found.sd, chosen, axis=1), abs=1e-9)
    assert difference_sd == pytest.approx(np.take_along_axis(found.difference_sd, chosen, axis=1), abs=1e-9)
    parts = found.parts_of(np.arange(C), chosen[:, 0])
    assert parts.total == pytest.approx(found.difference[np.arange(C), chosen[:, 0]], abs=1e-9)
    assert parts.therapist == pytest.approx(found.parts(0).therapist[chosen[:, 0]], abs=1e-9)


@law
@given(seed=seeds)
def test_parts_sum_to_the_difference(make_table, make_candidates, variances, seed):
    found = forecast(fit_given_variances(make_table(40, seed), variances), make_candidates(seed))
    for c, difference in enumerate(found.difference):
        assert found.parts(c).total == pytest.approx(difference, abs=1e-9)


def test_parts_carry_the_names_of_the_features(make_table, make_candidates, variances):
    parts = forecast(fit_given_variances(make_table(40), variances), make_candidates()).parts(0)
    assert (set(parts.match), set(parts.response)) == ({"concerns"}, {"distress", "hope"})


def test_what_never_varied_has_no_part(make_table, make_candidates, variances):
    table = make_table(40)
    flat = replace(table, x=table.x * [1, np.nan], m=np.zeros_like(table.m))
    parts = forecast(fit_given_variances(flat, variances), make_candidates()).parts(0)
    assert (set(parts.match), set(parts.response)) == (set(), {"distress"})


def test_without_pooled_features_the_agreement_is_0(make_table, make_candidates, variances):
    table, candidates = make_table(40), make_candidates()
    features = replace(table.features, pooled=())
    fitted = fit_given_variances(replace(table, features=features), variances)
    parts = forecast(fitted, replace(candidates, features=features)).parts(0)
    assert parts.agreement.tolist() == [0.0] * 4
    assert set(parts.match) == {"agreement", "concerns"}


def test_nobody_to_choose_from_has_parts_of_nobody(make_table, make_candidates, variances):
    parts = forecast(fit_given_variances(make_table(40), variances), make_candidates(therapists=())).parts(0)
    assert parts.total.shape == (0,)


@law
@given(seed=seeds)
def test_unseen_therapist_falls_back_to_the_population(make_table, make_candidates, variances, seed):
    fitted, candidates = fit_given_variances(make_table(40, seed), variances), make_candidates(seed)
    alike = replace(
        candidates, z=np.repeat(candidates.z[:1], 4, axis=0), therapist_ids=np.array([97, 11, 12, 99])
    )
    alike = replace(
        alike,
        match={n: PairTerms(m.client, np.repeat(m.therapist[:1], 4, axis=0)) for n, m in alike.match.items()},
    )
    found = forecast(fitted, alike)
    assert found.mean[:, 0] == pytest.approx(found.mean[:, 3])
    assert found.sd[:, 0] == pytest.approx(found.sd[:, 3])
    assert (found.sd[:2, 0] ** 2 > variances.therapist + variances.rater).all()


def test_known_client_keeps_their_rating_tendency(make_table, make_candidates, variances):
    table = make_table(60, clients=6)
    generous = replace(table, score=np.where(table.client_ids == 100, 99.0, 40.0))
    found = forecast(fit_given_variances(generous, variances), make_candidates())
    assert found.mean[2].mean() > found.mean[0].mean() + 10
    assert (found.sd[2] < found.sd[0]).all()


def test_everything_common_cancels_from_differences(make_table, make_candidates, variances):
    fitted, candidates = fit_given_variances(make_table(60, clients=6), variances), make_candidates()
    found, elsewhere = (
        forecast(fitted, replace(candidates, instrument=name, session=session, client_ids=ids))
        for name, session, ids in (("WAI", 3, np.arange(98, 104)), ("SRS", 1, np.arange(998, 1004)))
    )
    assert found.difference == pytest.approx(elsewhere.difference, abs=1e-9)
    assert found.difference_sd == pytest.approx(elsewhere.difference_sd, abs=1e-9)
    assert np.abs(found.sd - elsewhere.sd).max() > 0.01


def test_differences_average_to_nothing(make_table, make_candidates, variances):
    found = forecast(fit_given_variances(make_table(40), variances), make_candidates())
    assert found.difference.mean(axis=1) == pytest.approx(0, abs=1e-9)


def test_probabilities_are_those_of_the_posterior(make_table, make_candidates, variances):
    found = forecast(fit_given_variances(make_table(40), variances), make_candidates())
    assert found.p_strong(found.mean[0, 0])[0, 0] == pytest.approx(0.5)
    assert found.p_strong(75.0) + found.p_weak(75.0) == pytest.approx(1.0)


def test_groups_hold_every_therapist_once_best_first(make_table, make_candidates, variances):
    found = forecast(fit_given_variances(make_table(40), variances), make_candidates())
    flat = [t for group in found.groups([np.arange(4)])[0] for t in group]
    assert flat == np.argsort(-found.mean[0]).tolist()


def test_groups_split_where_the_contrast_is_sure(make_table, make_candidates, variances):
    found = forecast(fit_given_variances(make_table(40), variances), make_candidates())
    for level in (0.05, 0.8):
        groups = found.groups([np.arange(0), np.arange(4)], level)[1]
        for group, following in pairwise(groups):
            gap = found.mean[1, group[0]] - found.mean[1, following[0]]
            z = {0.05: 0.0627, 0.8: 1.2816}[level]
            assert gap > z * found.contrast_sd(1, group[0], following[0])
    assert len(found.groups([np.arange(0), np.arange(4)], 0.05)[1]) > len(
        found.groups([np.arange(0), np.arange(4)], 0.9999)[1]
    )


def test_identical_therapists_are_never_told_apart(make_table, make_candidates, variances):
    candidates = make_candidates(therapists=(97, 98, 99))
    same = {
        n: PairTerms(m.client, np.repeat(m.therapist[:1], 3, axis=0)) for n, m in candidates.match.items()
    }
    alike = replace(candidates, z=np.ones((3, 2)), match=same)
    found = forecast(fit_given_variances(make_table(40), variances), alike)
    assert len(found.groups([np.arange(3)])[0]) == 1


def test_unknown_instrument_is_refused(make_table, make_candidates, variances):
    with pytest.raises(EstimationError, match="'PHQ'"):
        forecast(fit_given_variances(make_table(10), variances), replace(make_candidates(), instrument="PHQ"))


def test_only_who_is_a_candidate_can_be_asked_for(make_table, make_candidates, variances):
    found = forecast(fit_given_variances(make_table(30), variances), make_candidates())
    for ask in (
        lambda: found.parts(6),
        lambda: found.parts(-1),
        lambda: found.contrast_sd(0, 1, 4),
        lambda: found.groups([np.array([4])]),
        lambda: found.groups([np.array([0.5])]),
        lambda: found.groups([np.arange(4)] * 7),
    ):
        with pytest.raises(EstimationError, match=r"client|therapist"):
            ask()


def test_without_therapists_there_are_no_means(make_table, make_candidates, variances):
    found = forecast(fit_given_variances(make_table(30), variances), make_candidates(therapists=()))
    assert found.mean.shape == found.difference.shape == (6, 0)


def test_missing_features_count_as_the_average(make_table, make_candidates, variances):
    table = make_table(40, missing=0.0)
    fitted, candidates = fit_given_variances(table, variances), make_candidates()
    blank = forecast(fitted, replace(candidates, x=np.full((6, 2), np.nan)))
    average = forecast(fitted, replace(candidates, x=np.tile(table.x.mean(axis=0), (6, 1))))
    assert blank.mean == pytest.approx(average.mean)


@law
@given(seed=seeds)
def test_many_clients_together_have_the_covariances_of_each_alone(
    make_table, make_candidates, variances, seed
):
    found = forecast(fit_given_variances(make_table(30, seed), variances), make_candidates(seed))
    rng = np.random.default_rng(seed)
    chosen = [rng.permutation(4)[: rng.integers(1, 5)] for _ in range(6)]
    together = found.uncertainty.joints(np.arange(6), chosen)
    for c, therapists in enumerate(chosen):
        [alone] = found.uncertainty.joints(np.array([c]), [therapists])
        assert np.abs(together[c] - alone).max() < 1e-9
        spread = np.array([found.contrast_sd(c, therapists[0], t) for t in therapists])
        implied = alone[0, 0] + np.diag(alone) - 2 * alone[0]
        assert np.abs(spread**2 - np.maximum(implied, 0)).max() < 1e-9
