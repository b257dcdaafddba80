"""What the benchmark reports is what it found: targets, medians, the bound."""

import numpy as np
import pytest

from alliance_match.prediction import WORLDS
from benchmarks import parity
from benchmarks.bounds import against_the_bound, found_in
from benchmarks.columns import Columns, independent
from benchmarks.gates import GATES, Gate
from benchmarks.peers import Prediction, estimator, preference, shrunken
from benchmarks.report import Report
from benchmarks.timing import interleaved, spoken
from benchmarks.worlds import draw


def test_a_target_is_met_at_its_ends_and_never_by_what_is_not_a_number():
    gate = Gate(0.47, 0.53)
    assert [gate.met(value) for value in (0.46, 0.47, 0.53, 0.54, float("nan"))] == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert (str(gate), str(Gate(low=1)), str(Gate(high=2))) == ("0.47 to 0.53", "≥ 1", "≤ 2")


@pytest.mark.parametrize(("name", "gate"), GATES.items())
def test_a_figure_beyond_a_target_is_missed(name, gate):
    for end, beyond in ((gate.low, -1), (gate.high, 1)):
        if np.isfinite(end):
            report = Report()
            report.gate(name, end)
            assert report.missed == []
            report.gate(name, end + beyond * max(abs(end), 1e-9) * 1e-3)
            assert report.missed == [name]


def test_every_target_names_its_source():
    assert [name for name, gate in GATES.items() if not gate.source] == []


def test_a_report_says_what_was_missed_and_what_was_not_measured(capsys):
    report = Report()
    report.say("# Benchmark")
    report.say("## Speed")
    report.gate("InstEval warm RMSE", 1.3)
    report.gate("placement / OR-tools", 1.0)
    report.verdicts(1)
    assert report.missed == ["InstEval warm RMSE"]
    assert "| InstEval warm RMSE | 1.3 | ≤ 1.195 | InstEval | **missed** by 0.1 |" in str(report)
    assert [block.splitlines()[0] for block in report.blocks[:2]] == ["# Benchmark", "## Targets"]
    assert report.blocks[-1] == "## Speed"
    assert f"1 met, 1 missed, {len(GATES) - 2} not measured." in capsys.readouterr().out


def test_runs_take_turns_and_the_first_is_not_counted():
    order = []

    def run(name, seconds):
        def one():
            order.append(name)
            return seconds.pop(0)

        return one

    found = interleaved({"a": run("a", [9, 1, 3, 2]), "b": run("b", [9, 5, 4, 6])}, 3)
    assert found == {"a": 2, "b": 5}
    assert order == ["a", "b"] * 4


def test_durations_have_their_unit():
    assert [spoken(s) for s in (2e-4, 0.25, 3)] == ["200 µs", "250 ms", "3.00 s"]


def test_columns_that_follow_from_others_are_left_out():
    rng = np.random.default_rng(1)
    free = rng.standard_normal((30, 2))
    columns = np.column_stack([free, free.sum(axis=1), np.ones(30)])
    assert len(independent(columns)) == 2
    assert len(independent(np.zeros((5, 3)))) == 0


def test_peers_see_no_missing_value():
    table = draw("curve", 1, 60).world.table
    table.x[0, 0] = np.nan
    columns = Columns.of(table)
    assert np.isfinite(columns.with_products(table)).all()


def test_who_knows_the_truth_closes_the_gap_and_who_knows_nothing_does_not():
    clinic = draw("no ceiling", 1, 100)
    assert clinic.gap_closed(Prediction(clinic.world.truth.ravel())) == pytest.approx(1)
    blind = np.random.default_rng(1).standard_normal(clinic.world.truth.size)
    assert abs(clinic.gap_closed(Prediction(blind))) < 0.15


def test_the_bound_passes_what_learns_from_the_same_ratings():
    bound: list[float] = []
    ours: list[float] = []
    rule: list[float] = []
    for seed in range(6):
        clinic = draw("no ceiling", seed, 300)
        bound.append(clinic.bound)
        for peer, found in ((estimator.PEER, ours), (preference.PEER, rule)):
            found.append(clinic.gap_closed(peer.predict(peer.fit(clinic.world.table), clinic.pairs)))
    assert np.mean(bound) > np.mean(ours) > np.mean(rule)


def test_every_named_world_has_a_row_beside_its_bound():
    report = Report()
    against_the_bound(report, 1)
    rows = {cells[1].strip(): cells for line in report.blocks[-1].splitlines() if (cells := line.split("|"))}
    assert set(WORLDS) <= set(rows)
    assert all(0.2 < float(rows[name][2]) <= 1 for name in WORLDS)
    assert found_in("friendly", 0).error > found_in("friendly", 0).error_bound


def test_plain_peers_forecast_every_row():
    clinic = draw("curve", 1, 60)
    for peer in (shrunken.PEER, estimator.FREE, estimator.INTERCEPTS, estimator.WRONG_PRIOR):
        found = peer.predict(peer.fit(clinic.world.table), clinic.pairs)
        assert np.isfinite(found.mean).all()


def test_the_likelihood_equals_a_dense_one():
    assert parity.likelihood_gap() < GATES["log likelihood minus a dense one, nats"].high
