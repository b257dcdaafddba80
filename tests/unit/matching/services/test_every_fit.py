"""Whatever the ratings are of, a clinic is fitted, and everybody who is looking has suggestions."""

import numpy as np
import pytest

from alliance_match.audit.actors import SystemActor
from alliance_match.matching import tasks
from alliance_match.matching.models import (
    FailedRescore,
    MatchList,
    ModelSnapshot,
    PendingRescore,
    TrainingRow,
)
from alliance_match.matching.services import clinic_fit, fit_computation, fitting
from alliance_match.prediction import EstimationError
from tests import cast


def rate(clinic, instrument, therapists, totals):
    """Store a rating of each total, oldest first, of the therapist beside it."""
    cast.make_raters(
        clinic,
        instrument,
        (
            (f"Rater{k}", [(k % 7 - 3, 2)], therapist, total)
            for k, (therapist, total) in enumerate(zip(therapists, totals, strict=True))
        ),
    )


@pytest.fixture
def mostly_of_mara(linden, instrument, cleo, mara, jonas, pavel):
    """320 rated pairs of Linden, the oldest four fifths of Mara, and Cleo who is looking."""
    therapists = [mara] * 256 + [jonas, pavel] * 32
    rate(linden, instrument, therapists, (50 + 37 * k % 41 for k in range(320)))
    return linden


def test_older_ratings_of_one_therapist_stop_no_fit(mostly_of_mara, cleo):
    snapshot = clinic_fit(clinic=mostly_of_mara, by=SystemActor.WORKER)
    assert snapshot.rated == 320
    assert snapshot.evaluation["ratings"] == 64
    assert MatchList.objects.filter(client=cleo).exists()


@pytest.mark.parametrize("totals", [[60.0] * 320, [60.0] * 256 + [50.0, 90.0] * 32])
def test_equal_ratings_stop_no_fit(linden, instrument, cleo, mara, jonas, totals):
    rate(linden, instrument, [mara, jonas] * 160, totals)
    assert clinic_fit(clinic=linden, by=SystemActor.WORKER).evaluation
    assert MatchList.objects.filter(client=cleo).exists()


def test_an_evaluation_that_fails_costs_its_figures_and_nothing_else(
    mostly_of_mara, cleo, monkeypatch, caplog
):
    def fail(_):
        raise FloatingPointError("60.5 of Cleo")

    monkeypatch.setattr(fit_computation, "evaluate_newest_ratings", fail)
    snapshot = clinic_fit(clinic=mostly_of_mara, by=SystemActor.WORKER)
    assert (snapshot.verdict, snapshot.evaluation) == ("early", {})
    assert MatchList.objects.filter(client=cleo).exists()
    assert "an evaluation failed: FloatingPointError" in caplog.text
    assert "Cleo" not in caplog.text


@pytest.fixture
def unfittable(mostly_of_mara, monkeypatch):
    """A clinic whose variances cannot be found: every search for them fails."""

    def fail(*_):
        raise np.linalg.LinAlgError

    monkeypatch.setattr(fit_computation, "fit", fail)
    return mostly_of_mara


def test_where_no_dropout_weights_are_found_ratings_keep_theirs(mostly_of_mara, cleo, monkeypatch):
    def fail(_):
        raise EstimationError

    monkeypatch.setattr(fit_computation, "dropout_weights", fail)
    clinic_fit(clinic=mostly_of_mara, by=SystemActor.WORKER)
    assert set(TrainingRow.objects.values_list("weight", flat=True)) == {1.0}
    assert MatchList.objects.filter(client=cleo).exists()


def order_is_the_priors(client):
    (snapshot,) = ModelSnapshot.objects.all()
    assert (snapshot.kind, snapshot.verdict) == ("fit", "preference fit")
    return MatchList.objects.filter(client=client).exists()


def test_where_nothing_can_be_fitted_the_order_is_the_priors_by_the_fifth_attempt(unfittable, cleo, sweep):
    for _ in range(6):
        sweep()
    assert order_is_the_priors(cleo)
    assert [one.error for one in FailedRescore.objects.all()] == [f"fit: {fitting.PRIOR_SERVED}"]
    assert PendingRescore.objects.in_clinic(unfittable).count() == 0


def test_a_fit_that_kills_its_worker_each_time_leaves_the_order_to_the_prior(
    mostly_of_mara, cleo, monkeypatch, sweep
):
    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    monkeypatch.setattr(fit_computation, "fit", kill)
    for _ in range(4):
        with pytest.raises(Killed):
            sweep()
    sweep()
    assert order_is_the_priors(cleo)
    assert [one.error for one in FailedRescore.objects.all()] == [f"fit: {fitting.PRIOR_SERVED}"]


def test_where_the_night_can_fit_nothing_the_order_is_the_priors(unfittable, cleo):
    tasks.refit(unfittable.pk)
    assert order_is_the_priors(cleo)
    assert [one.error for one in FailedRescore.objects.all()] == ["fit: LinAlgError"]


def test_a_snapshot_in_force_stays_where_the_night_can_fit_nothing(fitted_clinic, monkeypatch):
    before = ModelSnapshot.objects.newest()

    def fail(*_):
        raise EstimationError

    monkeypatch.setattr(fit_computation, "fit", fail)
    tasks.refit(fitted_clinic.pk)
    assert ModelSnapshot.objects.newest() == before
