"""The estimator on lme4's InstEval: 73,421 ratings of 1,128 lecturers by 2,972 students, rated 1 to 5.

    python benchmarks/insteval.py evaluate --data PATH/InstEval.csv
    python benchmarks/insteval.py convert OUT_DIR --data PATH/InstEval.csv

The data are not part of this project (R package lme4, GPL >= 2). They are not therapy: what they share with
it is raters who choose among many people, one rating of the pair, and a history of the rated person.
"""

import argparse
import csv
import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from alliance_match.prediction import FeatureSet, FitControl, TrainingTable, evaluate, fit, forecast_rows
from alliance_match.prediction.arrays import Bools, Floats
from alliance_match.prediction.ladder import shrunken_means
from alliance_match.prediction.measures import coverage, rank_correlation, rmse

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "insteval" / "InstEval.csv"
INSTRUMENT = "InstEval"

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


def report(split: str, table: TrainingTable, held_out: Bools) -> None:
    train, test = table.rows(~held_out), table.rows(held_out)
    started = time.perf_counter()
    fitted = fit(train, FitControl())
    seconds = time.perf_counter() - started
    found, peer = forecast_rows(fitted, test), shrunken_means(train, test)
    total = float(((test.score - train.score.mean()) ** 2).sum())
    print(f"{split}: {len(test)} of {len(table)} ratings held out; {fitted.search}")
    print(f"{'':24}{'RMSE (1-5)':>12}{'R2':>8}{'Spearman':>10}{'coverage 50/80/90 %':>22}{'fit s':>8}")
    for name, mean in (("shrunken ratee mean", peer), ("this estimator", found.mean)):
        r2 = 1 - float(((test.score - mean) ** 2).sum()) / total
        line = f"{name:24}{rmse(test.score, mean) / STEP:12.4f}{r2:8.4f}{rank_correlation(test, mean):10.4f}"
        if mean is found.mean:
            inside = "/".join(
                f"{share:.3f}" for share in coverage(test.score, mean, found.rating_sd).values()
            )
            line += f"{inside:>22}{seconds:8.1f}"
        print(line)


def evaluate_splits(path: Path) -> None:
    table = table_of(Ratings(path))
    cold = table.client_ids % 5 == 0
    report("cold (a fifth of the raters)", table, cold)
    report("warm (a fifth of the rows)", table, np.arange(1, len(table) + 1) % 5 == 0)
    found = evaluate(table, cold)
    for rung, interval in found.ladder.items():
        print(f"cold R2, + {rung:12}{interval.estimate:8.4f}  [{interval.low:.4f}, {interval.high:.4f}]")
    gain = found.match_gain
    print(f"slopes over therapist {gain.estimate:8.4f}  [{gain.low:.4f}, {gain.high:.4f}]")


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


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, dest="command")
    for name in ("evaluate", "convert"):
        command = commands.add_parser(name)
        command.add_argument("--data", type=Path, default=DATA)
        if name == "convert":
            command.add_argument("out", type=Path)
    given = parser.parse_args()
    if given.command == "evaluate":
        evaluate_splits(given.data)
    else:
        convert(given.data, given.out)


if __name__ == "__main__":
    main()
