"""Laws of the published state: what it is made of, when it changes, and what may be done with it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import (
    EstimationError,
    PublicationControl,
    RatingVersions,
    conditioned,
    downdate,
    fit_given_variances,
    forecast,
    publication_from_dict,
    publication_to_dict,
    publish,
    shortlist,
    unpublished,
    update,
)
from tests.unit.prediction.laws import law, same_means, same_state, seeds

SECRET = b"known to the clinic alone"
PLAIN = PublicationControl(own_blur=0, shared_blur=0)


def versions(table):
    """A version for each row that follows from what the rating says."""
    return RatingVersions(
        table.client_ids, table.therapist_ids, (table.score * 1e6).astype(np.int64) * 100 + table.session
    )


def published(clinic, table, previous=None, control=None, secret=SECRET):
    newest = fit_given_variances(table, clinic.variances)
    return publish(newest, previous, versions(table), secret, control)


def without(table, *rows):
    return table.rows(~np.isin(np.arange(len(table)), rows))


@law
@given(seeds, st.integers(5, 60))
def test_no_blur_publishes_the_newest_state(clinic, seed, n):
    table = clinic.table(n, seed)
    newest = fit_given_variances(table, clinic.variances)
    found = publish(newest, None, versions(table), SECRET, PLAIN)
    same_state(found.fitted, newest, clinic.candidates(seed), 1e-7)


@law
@given(seeds)
def test_the_same_ratings_give_the_same_figures_in_any_order(clinic, seed):
    table = clinic.table(40, seed)
    shuffled = table.rows(np.random.default_rng(seed).permutation(len(table)))
    same_means(published(clinic, table).fitted, published(clinic, shuffled).fitted, 1e-8)


@law
@given(seeds)
def test_another_secret_gives_other_figures(clinic, seed):
    table = clinic.table(40, seed)
    one, other = (published(clinic, table, secret=s).fitted for s in (SECRET, SECRET[::-1]))
    assert np.abs(one.therapist_effects - other.therapist_effects).min() > 0
    assert np.abs(one.coefficients - other.coefficients).max() > 0.01


@law
@given(seeds, st.floats(0, 5), st.floats(0, 20))
def test_blur_only_ever_widens(clinic, seed, own, shared):
    """Each client stays with one therapist here; the next law is about those who do not."""
    table = clinic.table(50, seed)
    table = replace(table, client_ids=100 * table.therapist_ids + table.client_ids % 8)
    newest = fit_given_variances(table, clinic.variances)
    control = PublicationControl(own_blur=own, shared_blur=shared)
    found = publish(newest, None, versions(table), SECRET, control).fitted
    for before, after in (
        (newest.moments.own, found.moments.own),
        (newest.moments.of_global[None], found.moments.of_global[None]),
    ):
        assert np.linalg.eigvalsh(after - before).min() > -1e-7 * np.abs(before).max()


@law
@given(seeds, st.floats(0, 5), st.floats(0, 20))
def test_the_covariance_stays_positive_definite_where_clients_rate_many(clinic, seed, own, shared):
    table = clinic.table(80, seed, clients=10)
    newest = fit_given_variances(table, clinic.variances)
    control = PublicationControl(own_blur=own, shared_blur=shared)
    found = publish(newest, None, versions(table), SECRET, control).fitted
    candidates = clinic.candidates(seed)
    before, after = forecast(newest, candidates), forecast(found, candidates)
    assert (after.difference_sd > 0.98 * before.difference_sd).all()
    assert np.linalg.eigvalsh(found.moments.of_global).min() > 0
    assert np.linalg.eigvalsh(found.moments.own).min() > 0


@law
@given(seeds)
def test_a_rating_moves_only_its_own_therapist_until_the_shared_part_is_renewed(clinic, seed):
    table = replace(clinic.table(40, seed), client_ids=np.arange(40))
    newest = fit_given_variances(table, clinic.variances)
    one = table.rows(np.arange(40) == 0)
    before = publish(downdate(newest, one), None, versions(without(table, 0)), SECRET)
    after = publish(newest, before, versions(table), SECRET)
    np.testing.assert_allclose(after.fitted.coefficients, before.fitted.coefficients, rtol=0, atol=1e-8)
    moved = np.abs(after.fitted.therapist_effects - before.fitted.therapist_effects).max(axis=1)
    at = after.fitted.roster.therapist_ids == table.therapist_ids[0]
    assert moved[~at].max() < 1e-8 < moved[at].max()


def test_the_shared_part_is_renewed_once_enough_clients_rated(clinic):
    table = clinic.table(60, 3, clients=10_000)
    control = PublicationControl(shared_share=0, shared_from=20)
    before = published(clinic, table.rows(np.arange(60) < 20), control=control)
    kept = published(clinic, table.rows(np.arange(60) < 39), before, control)
    renewed = published(clinic, table.rows(np.arange(60) < 40), kept, control)
    assert kept.renewed is before.renewed
    assert renewed.renewed is renewed.ratings
    assert np.abs(renewed.fitted.coefficients - before.fitted.coefficients).min() > 1e-6


def test_ratings_wait_until_a_fifth_of_the_therapists_raters_is_new(clinic):
    therapist = np.repeat([1, 2], [12, 6])
    table = replace(clinic.table(18, 1), therapist_ids=therapist, client_ids=np.arange(18))
    before = published(clinic, without(table, 10, 11, 17))
    assert not unpublished(versions(table), None).any()
    assert np.flatnonzero(unpublished(versions(without(table, 11)), before)).tolist() == [10]
    assert not unpublished(versions(table), before).any()


def test_a_withdrawn_rating_does_not_wait(clinic):
    table = replace(clinic.table(30, 1), client_ids=np.arange(30))
    before = published(clinic, table)
    assert not unpublished(versions(without(table, 4)), before).any()
    after = published(clinic, without(table, 4), before)
    assert table.client_ids[4] not in after.fitted.roster.rater_ids


def test_the_shared_part_is_renewed_when_asked_for_and_then_holds_no_withdrawn_rating(clinic):
    table = replace(clinic.table(40, 1), client_ids=np.arange(40))
    before = published(clinic, table)
    kept = published(clinic, without(table, 4), before)
    assert (before.holds_withdrawn, kept.holds_withdrawn) == (False, True)
    newest = fit_given_variances(without(table, 4), clinic.variances)
    renewed = publish(newest, kept, versions(without(table, 4)), SECRET, renew=True)
    assert not renewed.holds_withdrawn
    never = published(clinic, without(table, 4))
    np.testing.assert_allclose(renewed.fitted.coefficients, never.fitted.coefficients, rtol=0, atol=1e-8)


def test_a_rating_that_came_since_is_no_withdrawn_one(clinic):
    table = replace(clinic.table(40, 1), client_ids=np.arange(40))
    before = published(clinic, without(table, 4))
    assert not published(clinic, table, before).holds_withdrawn


def test_a_refit_leaves_the_shared_part_saying_what_it_said(clinic):
    """A fit standardises anew: the same columns then need other numbers."""
    table = clinic.table(80, 2, clients=10_000, missing=0)
    before = published(clinic, table.rows(np.arange(80) < 76), control=PublicationControl())
    after = published(clinic, table, before)
    assert before.fitted.layout != after.fitted.layout
    probe = clinic.candidates(1, therapists=(98, 99))
    one, other = (forecast(p.fitted, probe).mean[:2] for p in (before, after))
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-8)


@law
@given(seeds)
def test_ones_own_rating_is_added_to_it_like_to_any_state(clinic, seed):
    table = clinic.table(40, seed)
    found = published(clinic, without(table, 0)).fitted
    own = update(found, table.rows(np.arange(len(table)) == 0))
    np.testing.assert_allclose(own.coefficients, own.posterior.coefficients, rtol=0, atol=1e-8)
    candidates = clinic.candidates(seed)
    allowed = np.ones((len(candidates.client_ids), len(candidates.therapist_ids)), dtype=bool)
    chosen = shortlist(forecast(own, candidates), 2, allowed, candidates.client_ids)
    assert len(chosen) == len(candidates.client_ids)


def test_it_survives_json(clinic):
    table = clinic.table(40, 5)
    found = published(clinic, table)
    back = publication_from_dict(json.loads(json.dumps(publication_to_dict(found))))
    same_means(back.fitted, found.fitted, 1e-12)
    assert (back.ratings.rows == found.ratings.rows).all()
    assert (back.renewed.rows == found.renewed.rows).all()


@pytest.mark.parametrize("part", ["fitted", "ratings", "renewed"])
def test_damaged_json_is_refused(clinic, part):
    found = publication_to_dict(published(clinic, clinic.table(20, 5)))
    with pytest.raises(EstimationError):
        publication_from_dict({**found, part: {"dtype": "<i8"}})


def test_ratings_of_others_and_short_secrets_are_refused(clinic):
    table = clinic.table(20, 5)
    newest = fit_given_variances(table, clinic.variances)
    with pytest.raises(EstimationError, match="ratings: of"):
        publish(newest, None, versions(without(table, 0, 1, 2)), SECRET)
    with pytest.raises(EstimationError, match="secret"):
        publish(newest, None, versions(table), b"short")


def test_a_clinic_without_ratings_is_published_as_its_prior(clinic):
    empty = clinic.table(20, 5).rows(np.zeros(20, dtype=bool))
    found = published(clinic, empty)
    newest = fit_given_variances(empty, clinic.variances)
    np.testing.assert_allclose(found.fitted.coefficients, newest.coefficients, atol=1e-9)


@law
@given(seeds, st.integers(6, 40), st.floats(0, 20))
def test_what_is_left_without_ones_own_ratings_knows_no_less_than_nothing(clinic, seed, n, blur):
    table = clinic.table(n, seed)
    rows = table.client_ids == table.client_ids[0]
    newest = fit_given_variances(table, clinic.variances)
    control = PublicationControl(own_blur=blur, shared_blur=blur)
    shown = publish(newest, None, versions(table), SECRET, control).fitted
    try:
        left = conditioned(shown, removed=table.rows(rows))
    except EstimationError:
        assert blur > 0
        return
    nothing = downdate(newest, table)
    theirs = clinic.candidates(seed).of_clients(np.array([0]))
    candidates = replace(theirs, client_ids=table.client_ids[:1])
    assert (forecast(left, candidates).sd <= forecast(nothing, candidates).sd * 1.001).all()


def test_ratings_of_which_blur_left_too_little_are_not_taken_out(clinic):
    table = clinic.table(6, 1)
    shown = published(clinic, table, control=PublicationControl(own_blur=1, shared_blur=20)).fitted
    with pytest.raises(EstimationError, match="too little"):
        conditioned(shown, removed=table.rows(table.client_ids == table.client_ids[0]))
