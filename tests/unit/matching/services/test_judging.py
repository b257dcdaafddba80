"""What is told of the predictions, and on which ratings held out."""

import json
from dataclasses import replace

import pytest

from alliance_match.matching.management.commands.evaluate import as_json, as_text
from alliance_match.matching.services.estimators import estimator_of
from alliance_match.matching.services.judging import Judgement, judged, judged_thoroughly
from alliance_match.matching.services.learning import clinic_fit
from alliance_match.prediction import WorldControl, simulate


def ratings(count, therapists=20):
    return simulate(WorldControl(ratings=count, therapists=therapists, new_clients=5), 1).table


@pytest.fixture(scope="module")
def judgement():
    return judged_thoroughly(ratings(400))


def test_both_ways_of_holding_out_are_told(judgement):
    assert judgement.figures["ratings"] == 80
    assert judgement.unseen_therapists["ratings"] == 400


def test_the_verdict_is_that_of_every_night(judgement):
    nightly = judged(ratings(400))
    assert (nightly.verdict, nightly.figures) == (judgement.verdict, judgement.figures)
    assert not nightly.unseen_therapists


def test_programs_are_given_both(judgement):
    found = json.loads(json.dumps(as_json(judgement)))
    assert found["ratings"] == 80
    assert found["unseen_therapists"]["ladder"].keys() == found["ladder"].keys()
    assert found["unseen_therapists"]["coverage"].keys() == {"50%", "80%", "90%"}


def test_people_are_told_both_with_counts(judgement):
    told = "\n".join(as_text(judgement))
    assert told.index("Forward in time") < told.index("80 ratings: error") < told.index("never seen")
    assert "400 ratings: error" in told
    held = round(judgement.unseen_therapists["coverage"]["90%"] * 400)
    assert f"({held} of 400)" in told


def test_two_therapists_cannot_be_held_out():
    judgement = judged_thoroughly(ratings(320, therapists=2))
    assert judgement.figures
    assert not judgement.unseen_therapists
    assert "Fewer than three therapists" in "\n".join(as_text(judgement))


def test_too_few_ratings_are_not_evaluated():
    judgement = judged_thoroughly(ratings(299))
    assert not judgement.figures
    assert "unseen_therapists" not in as_json(judgement)


def test_intervals_widen_where_ratings_held_out_ask_for_it():
    """Half of the ratings held out were given with the scale the wrong way round."""
    table = ratings(1500)
    assert judged(table).widening == pytest.approx(1.0, abs=0.1)
    score = table.score.copy()
    score[1200::2] = 100 - score[1200::2]
    judgement = judged(replace(table, score=score))
    assert judgement.widening > 1.5
    half = judgement.figures["calibration"]["reach"]["50%"]
    assert f"of these 300, standard deviations to go: 50% {half:.2f}," in "\n".join(as_text(judgement))


def test_a_fit_widens_its_forecasts_as_it_was_judged(fitted_clinic, monkeypatch):
    wide = Judgement("early", {}, widening=1.5)
    monkeypatch.setattr("alliance_match.matching.services.learning.judged", lambda _: wide)
    snapshot = clinic_fit(clinic=fitted_clinic)
    assert estimator_of(snapshot).widening == 1.5
