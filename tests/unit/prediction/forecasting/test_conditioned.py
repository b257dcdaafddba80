from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_match.prediction import (
    EstimationError,
    RatingVersions,
    conditioned,
    downdate,
    fit_given_variances,
    forecast,
    publish,
    update,
)
from tests.unit.prediction.laws import law, seeds

SECRET = b"sixteen bytes at least"


def same_forecasts(one, other, candidates, client):
    """What both say to the client, of every therapist."""
    theirs = replace(candidates.of_clients(np.array([0])), client_ids=np.array([client], dtype=np.int64))
    a, b = forecast(one, theirs), forecast(other, theirs)
    for name in ("mean", "difference", "sd", "difference_sd"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=0, atol=1e-9, err_msg=name)
    every = np.arange(a.mean.shape[1])
    joint, same = (found.uncertainty.joints(np.array([0]), [every])[0] for found in (a, b))
    np.testing.assert_allclose(joint, same, rtol=0, atol=1e-9)


@law
@given(seed=seeds, clients=st.integers(2, 30), new=st.integers(0, 3), gone=st.integers(0, 3), data=st.data())
def test_ratings_of_one_client_count_as_if_they_were_summed(clinic, seed, clients, new, gone, data):
    table = clinic.table(40, seed, clients=clients)
    client = data.draw(st.sampled_from(table.client_ids.tolist()))
    theirs = np.flatnonzero(table.client_ids == client)
    gone = theirs[: min(gone, len(theirs))]
    added = theirs[len(gone) :][: min(new, len(theirs) - len(gone))]
    if not len(gone) + len(added):
        return
    fitted = fit_given_variances(table.rows(np.setdiff1d(np.arange(40), added)), clinic.variances)
    summed = downdate(fitted, table.rows(gone)) if len(gone) else fitted
    summed = update(summed, table.rows(added)) if len(added) else summed
    own = conditioned(fitted, table.rows(added), table.rows(gone))
    same_forecasts(own, summed, clinic.candidates(seed), client)


def published(clinic, table):
    """The blurred state of these ratings."""
    fitted = fit_given_variances(table, clinic.variances)
    versions = RatingVersions(table.client_ids, table.therapist_ids, np.arange(len(table)))
    return publish(fitted, None, versions, SECRET).fitted


@pytest.mark.parametrize("clients", [6, 10_000])
def test_a_blurred_state_takes_a_rating_as_if_it_were_summed(clinic, clients):
    table = clinic.table(41, clients=clients)
    fitted, last = published(clinic, table.rows(np.arange(40))), table.rows(np.array([40]))
    own = conditioned(fitted, last)
    same_forecasts(own, update(fitted, last), clinic.candidates(), int(last.client_ids[0]))


def test_a_rating_that_came_and_went_is_as_if_it_never_was(clinic):
    table = clinic.table(41, clients=6)
    fitted, last = published(clinic, table.rows(np.arange(40))), table.rows(np.array([40]))
    own = conditioned(update(fitted, last), removed=last)
    same_forecasts(own, fitted, clinic.candidates(), int(last.client_ids[0]))


def test_a_therapist_never_rated_before_is_known_by_it(clinic):
    table = clinic.table(41, clients=10_000)
    last = replace(table.rows(np.array([40])), therapist_ids=np.array([clinic.candidates().therapist_ids[0]]))
    before = table.rows(table.therapist_ids != last.therapist_ids[0])
    fitted = fit_given_variances(before, clinic.variances)
    assert fitted.roster.therapists(last.therapist_ids).tolist() == [-1]
    own = conditioned(fitted, last)
    same_forecasts(own, update(fitted, last), clinic.candidates(), int(last.client_ids[0]))


def test_nothing_is_summed_or_solved_anew(clinic, monkeypatch):
    table = clinic.table(41)
    fitted, candidates = fit_given_variances(table.rows(np.arange(40)), clinic.variances), clinic.candidates()
    assert forecast(fitted, candidates).sd.min() > 0
    for name in ("fitted.posterior_of", "update.changed_statistics"):
        monkeypatch.setattr(f"alliance_match.prediction.inference.{name}", None)
    last = table.rows(np.array([40]))
    theirs = replace(candidates.of_clients(np.array([0])), client_ids=last.client_ids)
    assert forecast(conditioned(fitted, last), theirs).sd.min() > 0


def test_only_what_is_known_can_be_removed(clinic):
    table = clinic.table(41)
    fitted, last = (
        fit_given_variances(table.rows(np.arange(40)), clinic.variances),
        table.rows(np.array([40])),
    )
    with pytest.raises(EstimationError, match="no such rating"):
        conditioned(fitted, removed=replace(last, client_ids=np.array([999])))


def test_more_than_the_blur_left_cannot_be_removed(clinic):
    table = clinic.table(40, clients=2)
    fitted, client = published(clinic, table), table.client_ids[0]
    theirs = table.rows(table.client_ids == client)
    weightier = replace(theirs, weight=theirs.weight * 1e3)
    with pytest.raises(EstimationError, match="too little"):
        conditioned(fitted, removed=weightier)


def test_it_is_of_one_client(clinic):
    table = clinic.table(40)
    fitted = fit_given_variances(table, clinic.variances)
    with pytest.raises(EstimationError, match="not of one"):
        conditioned(fitted, table)
    with pytest.raises(EstimationError, match="not of one"):
        conditioned(fitted)
    with pytest.raises(EstimationError, match="other clients"):
        forecast(conditioned(fitted, table.rows(np.array([0]))), clinic.candidates())
