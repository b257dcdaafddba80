import csv
from dataclasses import replace
from types import SimpleNamespace
from typing import NoReturn

import numpy as np
import pytest

import benchmarks.__main__ as command
from alliance_match.prediction import FitControl, evaluate, fit
from benchmarks import insteval
from benchmarks.__main__ import parser
from benchmarks.accuracy import installed
from benchmarks.compare import compare, nested
from benchmarks.peers import Peer, boosting, estimator, shrunken
from benchmarks.report import Report
from benchmarks.worlds import draw


def exit_code(*words):
    """Run a command; its exit code."""
    given = parser().parse_args(words)
    return given.command(given)


def test_a_file_at_fault_ends_it_with_one_line(tmp_path, capsys):
    (tmp_path / "r.csv").write_text("rater,ratee,score\na,p,1\nb,q,x\n")
    assert exit_code("dyads", "--ratings", str(tmp_path / "r.csv")) == 1
    assert capsys.readouterr().err == "r.csv, line 3, column score: 'x' is not a number\n"


def test_ratings_that_teach_nothing_end_it_with_one_line(tmp_path, capsys):
    (tmp_path / "r.csv").write_text("rater,ratee,score\na,p,1\nb,p,2\nc,p,4\n")
    assert exit_code("dyads", "--ratings", str(tmp_path / "r.csv")) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_what_the_estimator_refuses_is_told_before_any_peer_is_tried(tmp_path, capsys):
    names, values = (",".join(str(k) for k in range(start, start + 4001)) for start in (10, 20))
    lines = [f"rater,ratee,score,{names}"]
    lines += [f"{k},{'pq'[k % 2]},{k % 4},{values if k % 3 else names}" for k in range(12)]
    (tmp_path / "r.csv").write_text("\n".join(lines))
    assert exit_code("dyads", "--ratings", str(tmp_path / "r.csv")) == 1
    said = capsys.readouterr()
    assert "4001 of pairs" in said.err
    assert "RMSE" not in said.out


@pytest.mark.parametrize(("rmse", "code"), [(1.2, 0), (1.3, 1), (float("nan"), 1)])
def test_a_missed_target_ends_it_with_1(monkeypatch, rmse, code):
    measured = SimpleNamespace(
        insteval=lambda report, path, long: report.gate("InstEval cold RMSE", rmse), DATA=insteval.DATA
    )
    monkeypatch.setattr(command, "insteval", measured)
    assert exit_code("run", "--only", "insteval") == code


def test_only_a_whole_run_is_written_with_its_targets_first(monkeypatch, tmp_path):
    for part in command.PARTS[:4]:
        monkeypatch.setattr(command, part, lambda report, *effort, name=part: report.say(f"## {name}"))
    path = tmp_path / "results.md"
    exit_code("run", "--only", "parity", "--output", str(path))
    assert not path.exists()
    exit_code("run", "--insteval", str(tmp_path / "none.csv"), "--output", str(path))
    headings = [line for line in path.read_text().splitlines() if line.startswith("## ")]
    assert headings == ["## Targets", "## parity", "## accuracy", "## speed", "## privacy", "## InstEval"]


def test_without_instevals_file_it_says_so(tmp_path, capsys):
    report = Report()
    insteval.insteval(report, tmp_path / "InstEval.csv", long=False)
    assert "Skipped: InstEval.csv is not here" in capsys.readouterr().out
    assert report.measured == {}


@pytest.fixture
def small_insteval(tmp_path):
    """Fifty ratings in InstEval's columns."""
    path = tmp_path / "InstEval.csv"
    with path.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["s", "d", "studage", "lectage", "service", "dept", "y"])
        writer.writerows([k % 11, k % 4, 2 + k % 3, 1, 0, k % 2, 1 + k % 5] for k in range(50))
    return path


def test_insteval_is_measured_cold_and_warm(small_insteval):
    report = Report()
    insteval.insteval(report, small_insteval, long=False)
    assert len(report.measured) == 4


def test_insteval_becomes_a_clinics_files(small_insteval, tmp_path):
    assert exit_code("convert", str(tmp_path / "out"), "--insteval", str(small_insteval)) == 0
    names = ["clients.csv", "ratings.csv", "sessions.csv", "therapists.csv"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert (tmp_path / "out" / "ratings.csv").read_text().startswith("session,total\n1,0\n2,25\n")


def test_a_peer_that_fails_or_is_not_there_is_named(capsys):
    def fail(*_: object) -> NoReturn:
        raise ValueError("cannot")

    table = draw("curve", 1, 60).world.table
    broken, absent = Peer("broken", fail, fail), Peer("absent", fail, fail, "no_such_package")
    report = Report()
    there = installed(report, (shrunken.PEER, broken, absent, estimator.PEER))
    found = compare(report, table, table.client_ids % 5 == 0, there, 1.0)
    nested(report, evaluate(table, table.client_ids % 5 == 0))
    assert set(found) == {shrunken.PEER.name, estimator.PEER.name}
    assert "broken: could not be fitted (cannot)." in str(report)
    assert "absent: not installed." in str(report)


def test_a_search_that_did_not_converge_is_told_of():
    table = draw("curve", 1, 60).world.table
    hasty = replace(estimator.PEER, name="hasty", fit=lambda train: fit(train, FitControl(max_iterations=0)))
    report = Report()
    compare(report, table, table.client_ids % 5 == 0, [hasty, estimator.PEER], 1.0)
    assert [block for block in report.blocks if "converged" in block] == [
        "hasty: the search for variances has not converged."
    ]


def test_a_column_known_of_nobody_stops_no_peer():
    pytest.importorskip("sklearn")  # peers come with `make bench`
    table = draw("curve", 1, 60).world.table
    table.x[:, 0] = np.nan
    found = boosting.predict(boosting.fit(table), table)
    assert np.isfinite(found.mean).all()
