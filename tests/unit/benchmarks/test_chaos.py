"""The table of `make chaos` says of each scenario and seed what came of it."""

from typing import Any

import pytest

from benchmarks.load import chaos
from benchmarks.load.chaos import Plan, results, seeds_of, tell
from benchmarks.load.happen import ScenarioResult
from benchmarks.report import Report


def result(name, seed, fault="", passed=True):
    return ScenarioResult(name, seed, fault, 12.4, passed, "0 lost")


@pytest.mark.parametrize(
    ("said", "seeds"), [(["1"], [1]), (["1-5"], [1, 2, 3, 4, 5]), (["3", "7-8"], [3, 7, 8])]
)
def test_seeds_are_said_one_by_one_or_from_to(said, seeds):
    assert seeds_of(said) == seeds


def test_the_first_seed_is_in_full_and_the_others_are_short():
    assert [Plan([4, 5, 6], ["R1"]).is_short(seed) for seed in (4, 5, 6)] == [False, True, True]
    assert Plan([4, 5], ["R1"], short=True).is_short(4)
    assert not Plan([4, 5], ["R1"], full=True).is_short(5)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, [("R1", 1, ""), ("R5", 1, ""), ("R1", 2, ""), ("R5", 2, "")]),
        (
            {"naive": True, "ours": False},
            [("R5", seed, one) for seed in (1, 2) for one in ("n += 1", "watermark")],
        ),
    ],
)
def test_each_scenario_happens_with_each_seed(monkeypatch, how, expected):
    happened = []
    monkeypatch.setattr(
        chaos,
        "happen",
        lambda servers, name, seed, *, short, fault="": happened.append((name, seed, fault)),
    )
    servers: Any = None
    results(servers, Plan([1, 2], ["R1", "R5"], **how))
    assert happened == expected


def test_what_is_written_has_a_row_a_scenario_and_a_column_a_seed():
    report = Report()
    found = [result("R1", 1), result("R1", 2, passed=False), result("R5", 1, "n += 1", passed=False)]
    tell(report, Plan([1, 2], ["R1"], naive=True), found)
    said = str(report)
    assert "| scenario | 1 | 2 |" in said
    assert "passed (12) | **failed** (12) |" in said
    assert "| n += 1 | R5 | fails |" in said
    assert "2 as they should be, 1 not." in said


def test_a_naive_design_that_passes_is_wrong():
    assert not result("R5", 1, "n += 1").as_expected
