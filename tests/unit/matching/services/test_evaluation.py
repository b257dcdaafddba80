"""What is shown of the predictions, and on which ratings held out."""

import json
from dataclasses import replace

import pytest

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.management.commands.evaluate import as_json, as_text
from alliance_match.matching.services.estimators import estimator_newest
from alliance_match.matching.services.evaluation import (
    ClinicEvaluation,
    evaluate_newest_ratings,
    evaluate_with_unseen_therapists,
)
from alliance_match.matching.services.fitting import clinic_fit
from alliance_match.prediction import WorldControl, simulate


def ratings(count, therapists=20):
    return simulate(WorldControl(ratings=count, therapists=therapists, new_clients=5), 1).table


@pytest.fixture(scope="module")
def evaluation():
    return evaluate_with_unseen_therapists(ratings(400))


def test_both_ways_of_holding_out_are_shown(evaluation):
    assert evaluation.figures["ratings"] == 80
    assert evaluation.unseen_therapists["ratings"] == 400


def test_the_verdict_is_that_of_every_night(evaluation):
    nightly = evaluate_newest_ratings(ratings(400))
    assert (nightly.verdict, nightly.figures) == (evaluation.verdict, evaluation.figures)
    assert not nightly.unseen_therapists


def test_programs_are_given_both(evaluation):
    found = json.loads(json.dumps(as_json(evaluation)))
    assert found["ratings"] == 80
    assert found["unseen_therapists"]["nested_r2"].keys() == found["nested_r2"].keys()
    assert found["unseen_therapists"]["coverage"].keys() == {"50%", "80%", "90%"}


def test_people_are_shown_both_with_counts(evaluation):
    shown = "\n".join(as_text(evaluation))
    assert shown.index("Forward in time") < shown.index("80 ratings: error") < shown.index("never seen")
    assert "400 ratings: error" in shown
    held = round(evaluation.unseen_therapists["coverage"]["90%"] * 400)
    assert f"({held} of 400)" in shown


def test_two_therapists_cannot_be_held_out():
    evaluation = evaluate_with_unseen_therapists(ratings(320, therapists=2))
    assert evaluation.figures
    assert not evaluation.unseen_therapists
    assert "Fewer than three therapists" in "\n".join(as_text(evaluation))


def test_too_few_ratings_are_not_evaluated():
    evaluation = evaluate_with_unseen_therapists(ratings(299))
    assert not evaluation.figures
    assert "unseen_therapists" not in as_json(evaluation)


def test_intervals_widen_where_ratings_held_out_ask_for_it():
    """Half of the ratings held out were given with the scale the wrong way round."""
    table = ratings(1500)
    assert evaluate_newest_ratings(table).widening == pytest.approx(1.0, abs=0.1)
    score = table.score.copy()
    score[1200::2] = 100 - score[1200::2]
    evaluation = evaluate_newest_ratings(replace(table, score=score))
    assert evaluation.widening > 1.5
    half = evaluation.figures["calibration"]["reach"]["50%"]
    assert f"of these 300, standard deviations to go: 50% {half:.2f}," in "\n".join(as_text(evaluation))


def test_a_fit_widens_its_forecasts_as_it_was_evaluated(fitted_clinic, monkeypatch):
    wide = ClinicEvaluation("early", {}, widening=1.5)
    monkeypatch.setattr(
        "alliance_match.matching.services.fit_computation.evaluate_newest_ratings", lambda _: wide
    )
    clinic_fit(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert estimator_newest(fitted_clinic).widening == 1.5
