"""lme4's InstEval: 73,421 ratings of 1,128 lecturers by 2,972 students, rated 1 to 5.

The data are not part of this project (R package lme4, GPL >= 2). They are not therapy: what they share with
it is raters who choose among many people, one rating of the pair, and a history of the rated person.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from alliance_match.prediction import FeatureSet, Floats, TrainingTable, evaluate
from benchmarks.accuracy import installed
from benchmarks.compare import compare, nested
from benchmarks.peers import (
    boosting,
    estimator,
    gpboost_trees,
    lme4_crossed,
    outer_ridge,
    recommender,
    shrunken,
)
from benchmarks.report import Report

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "insteval" / "InstEval.csv"
INSTRUMENT = "InstEval"
SHORT_PEERS = (shrunken.PEER, estimator.PEER)
ALL_PEERS = (
    shrunken.PEER,
    lme4_crossed.PEER,
    gpboost_trees.PEER,
    boosting.PEER,
    outer_ridge.PEER,
    recommender.PEER,
    estimator.PEER,
)

# One student in ten is looking for a therapist, so that there are matches to re-score.
LOOKING = 10
FIRST_DAY = date(2020, 1, 1)

# One step of the 1-5 scale, in points.
STEP = 25.0


class Ratings:
    """The columns of the file; a lecturer's department is the one most often rated."""

    def __init__(self, path: Path) -> None:
        with path.open(newline="") as lines:
            rows = list(csv.DictReader(lines))
        self.student = np.array([int(row["s"]) for row in rows])
        self.lecturer = np.array([int(row["d"]) for row in rows])
        self.semesters = np.array([int(row["studage"]) for row in rows])
        self.score = (np.array([float(row["y"]) for row in rows]) - 1) * STEP
        seen: dict[int, Counter[str]] = {}
        for lecturer, row in zip(self.lecturer.tolist(), rows, strict=True):
            seen.setdefault(lecturer, Counter())[row["dept"]] += 1
        self.home = {lecturer: max(sorted(c), key=c.__getitem__) for lecturer, c in seen.items()}
        self.department = np.array([self.home[lecturer] for lecturer in self.lecturer.tolist()])


def one_hot(values: np.ndarray) -> tuple[list[str], Floats]:
    names = np.unique(values)
    return [str(name) for name in names], (values[:, None] == names).astype(float)


def table_of(ratings: Ratings) -> TrainingTable:
    """Semester and department one-hot; each lecturer has an answer of their own to semester."""
    semesters, x = one_hot(ratings.semesters)
    departments, z = one_hot(ratings.department)
    client = tuple(f"semester {name}" for name in semesters)
    n = len(ratings.score)
    return TrainingTable(
        features=FeatureSet(client=client, therapist=tuple(f"dept {d}" for d in departments), slopes=client),
        client_ids=ratings.student,
        therapist_ids=ratings.lecturer,
        score=ratings.score,
        instrument=np.zeros(n, dtype=np.int64),
        instruments=(INSTRUMENT,),
        session=np.full(n, 3),
        x=x,
        z=z,
        m=np.zeros((n, 0)),
    )


def insteval(report: Report, path: Path, *, long: bool) -> None:
    """Forecasts of held-out ratings, cold and warm, beside the peers; all of them only if `long`."""
    report.say("## InstEval")
    if not path.exists():
        report.say(f"Skipped: {path.name} is not here (benchmarks/README.md says where to get it).")
        return
    table = table_of(Ratings(path))
    peers = installed(report, ALL_PEERS if long else SHORT_PEERS)
    report.say("Cold: raters with s mod 5 = 0 held out; RMSE on 1 to 5.")
    cold = table.client_ids % 5 == 0
    ours = compare(report, table, cold, peers, STEP)[estimator.PEER.name]
    report.gate("InstEval cold RMSE", ours.rmse / STEP)
    report.gate("InstEval cold Spearman", ours.spearman)
    if ours.coverage:
        report.gate("InstEval cold 90 % coverage", ours.coverage[0.9])
    if long:
        nested(report, evaluate(table, cold))
    report.say("Warm: every fifth row held out.")
    warm = np.arange(1, len(table) + 1) % 5 == 0
    ours = compare(report, table, warm, peers, STEP)[estimator.PEER.name]
    report.gate("InstEval warm RMSE", ours.rmse / STEP)


def convert(path: Path, out: Path) -> None:
    """Write the ratings as a clinic's files (docs/data.md); 500 rows of the file stand for one day."""
    ratings = Ratings(path)
    homes = sorted(set(ratings.home.values()))
    students = dict(zip(ratings.student.tolist(), ratings.semesters.tolist(), strict=True))
    pairs = list(zip(ratings.student.tolist(), ratings.lecturer.tolist(), strict=True))
    out.mkdir(parents=True, exist_ok=True)
    write(
        out / "therapists.csv",
        ("therapist", "name", *(f"trait_dept_{home}" for home in homes)),
        (
            (f"d{d}", f"Lecturer {d}", *(int(own == h) for h in homes))
            for d, own in sorted(ratings.home.items())
        ),
    )
    write(
        out / "clients.csv",
        ("client", "status", "consents", "trait_studage"),
        ((f"s{s}", status(s), "care;matching", semesters) for s, semesters in sorted(students.items())),
    )
    write(
        out / "sessions.csv",
        ("session", "client", "therapist", "number", "date"),
        ((k, f"s{s}", f"d{d}", 3, FIRST_DAY + timedelta(days=k // 500)) for k, (s, d) in enumerate(pairs, 1)),
    )
    write(
        out / "ratings.csv",
        ("session", "total"),
        ((k, f"{score:g}") for k, score in enumerate(ratings.score.tolist(), 1)),
    )


def status(student: int) -> str:
    """Who is looking; the others are in care."""
    return "in_care" if student % LOOKING else "searching"


def write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Write one file with its header."""
    with path.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(header)
        writer.writerows(rows)
