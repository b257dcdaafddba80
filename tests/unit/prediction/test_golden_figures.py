"""The figures of three made-up clinics stay what they were: a consistent change of numbers would show here.

golden_figures.json was written by the package at commit cd8a7d0, before its modules were sorted into wings.
Where a figure is meant to change, write the file anew and say why. Rounding is amplified by the search for
variances, which stops at a finite gradient, and by nothing else here: relative 1e-6, or as much of a point.
"""

import json
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest

from alliance_match.prediction import (
    PartSelection,
    WorldControl,
    downdate,
    dropout_weights,
    evaluate,
    fit,
    forecast,
    forecast_rows,
    latest_rows,
    part_importance,
    sensitivity,
    shortlist,
    simulate,
    update,
)
from alliance_match.prediction.model.priors import BLOCKS

GOLDEN = json.loads(Path(__file__).with_name("golden_figures.json").read_text("utf-8"))
WORLDS = {
    "friendly": (WorldControl(ratings=400, therapists=12, new_clients=5), 1),
    "instruments, dropout, two therapists": (
        WorldControl(ratings=500, therapists=25, new_clients=5, instruments=3, dropout=0.25, returning=0.5),
        2,
    ),
    "non-linear, ceiling, drift, few ratings each": (
        WorldControl(
            ratings=300, therapists=80, new_clients=5, non_linear=True, ceiling=True, drift=0.1, returning=0.9
        ),
        3,
    ),
}
GROUPS = {
    "agreement": PartSelection(agreement=True),
    "therapist": PartSelection(therapist=True),
    "concerns": PartSelection(match=("concerns",)),
    "responses": PartSelection(response=("distress", "hope", "trust")),
}
SOME = (slice(3), slice(4))


@pytest.fixture(scope="module", params=WORLDS)
def clinic(request):
    """A world, its ratings weighted for dropout, their fit, and the figures they had."""
    world = simulate(*WORLDS[request.param])
    table = replace(world.table, weight=dropout_weights(world.started_pairs))
    return world, table, fit(table), GOLDEN[request.param]


def same(found, golden):
    return np.asarray(found) == pytest.approx(np.asarray(golden), rel=1e-6, abs=1e-6)


def test_golden_variances(clinic):
    _, table, fitted, golden = clinic
    variances = [getattr(fitted.variances, block) for block in BLOCKS]
    assert same([*variances, *fitted.variances.residual], golden["variances"])
    assert same(fitted.search.log_posterior, golden["log posterior"])
    assert same(table.weight[:5], golden["weights"])


def test_golden_forecasts(clinic):
    world, table, fitted, golden = clinic
    found = forecast(fitted, world.candidates)
    for name in ("mean", "sd", "difference", "difference_sd"):
        assert same(getattr(found, name)[SOME], golden[name.replace("_", " ")]), name
    rows = forecast_rows(fitted, table.rows(np.arange(5)))
    assert same([rows.mean, rows.sd, rows.rating_sd], golden["rows"])
    allowed = np.ones(world.candidates.shape, dtype=bool)
    assert shortlist(found, 3, allowed, world.candidates.client_ids).tolist() == golden["shortlist"]
    assert same(world.bound[SOME], golden["bound"])


def test_golden_parts_and_importance(clinic):
    world, _, fitted, golden = clinic
    found = forecast(fitted, world.candidates)
    parts = found.parts(0)
    match = [parts.match["concerns"], parts.match["style past"]]
    rows = [parts.therapist, parts.agreement, *match, *parts.response.values()]
    assert same(np.stack(rows, axis=1)[:4], golden["parts"])
    for name, part in part_importance(found, GROUPS).items():
        assert same(astuple(part), golden["importance"][name]), name


def test_golden_update(clinic):
    world, table, fitted, golden = clinic
    fewer = downdate(fitted, table.rows(np.arange(5)))
    changed = update(fewer, table.rows(np.arange(1)))
    assert same(forecast(changed, world.candidates).mean[SOME], golden["after update"])


def test_golden_sensitivity(clinic):
    world, _, fitted, golden = clinic
    allowed = np.ones(world.candidates.shape, dtype=bool)
    found = sensitivity(fitted, world.started_pairs, world.candidates, allowed, 5.0)
    figures = [found.changed, found.median_move, found.largest_move, found.correlation]
    assert same(figures, golden["sensitivity"])


def test_golden_evaluation(clinic):
    _, table, _, golden = clinic
    found, golden = evaluate(table, latest_rows(np.arange(float(len(table))))), golden["evaluation"]
    figures = [found.rmse, found.r2, found.spearman, found.peer_rmse]
    assert same(figures, [golden[name] for name in ("rmse", "r2", "spearman", "peer rmse")])
    assert same(astuple(found.match_gain), golden["match gain"])
    for name, interval in found.nested_r2.items():
        assert same(astuple(interval), golden["nested"][name]), name
