"""R's lme4: all features as fixed effects, crossed intercepts. Only where R has it."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from alliance_match.prediction import Floats, Ints, TrainingTable
from benchmarks.columns import Columns, independent
from benchmarks.peers import Peer, Prediction

FIT = """
suppressMessages(library(lme4))
place <- commandArgs(TRUE)
rows <- read.csv(place[1])
rows$therapist <- factor(rows$therapist)
rows$client <- factor(rows$client)
terms <- c("1", grep("^f[0-9]+$", names(rows), value = TRUE), strsplit(place[3], " ")[[1]])
formula <- as.formula(paste("score ~", paste(terms, collapse = " + ")))
seconds <- system.time(found <- lmer(formula, rows))[["elapsed"]]
saveRDS(found, place[2])
variances <- as.data.frame(VarCorr(found))
cat(seconds, paste(variances$grp, variances$vcov, sep = "=", collapse = " "))
"""
PREDICT = """
suppressMessages(library(lme4))
place <- commandArgs(TRUE)
cat(predict(readRDS(place[2]), read.csv(place[1]), allow.new.levels = TRUE), sep = "\\n")
"""
THERAPIST, CLIENT = "(1|therapist)", "(1|client)"
TABLE, SAVED = "rows.csv", "fit.rds"

# Seconds after which R is given up.
PATIENCE = 300


@dataclass(frozen=True)
class Fitted:
    """The fit as R saved it, how long lmer alone took, and the variances found, points², by grouping."""

    columns: Columns
    kept: Ints
    saved: bytes
    seconds: float
    variances: dict[str, float]


@cache
def version() -> str | None:
    """lme4's and R's versions, or None where either is missing."""
    if not shutil.which("Rscript"):
        return None
    asked = 'cat(as.character(packageVersion("lme4")), "on", R.version.string)'
    found = subprocess.run(["Rscript", "-e", asked], capture_output=True, text=True, check=False)
    return found.stdout if found.returncode == 0 else None


def fit(train: TrainingTable) -> Fitted:
    """lmer by REML. A client intercept needs clients who rated twice; without any there is none."""
    repeated = len(np.unique(train.client_ids)) < len(train)
    return fit_with(train, f"{THERAPIST} {CLIENT}" if repeated else THERAPIST)


def fit_with(train: TrainingTable, intercepts: str) -> Fitted:
    """Fit with the intercepts named, with a blank between them."""
    columns = Columns.of(train)
    kept = independent(columns.main(train))
    with tempfile.TemporaryDirectory() as place:
        _write(Path(place) / TABLE, train, columns.main(train)[:, kept])
        seconds, *found = _run(FIT, place, intercepts).split()
        saved = (Path(place) / SAVED).read_bytes()
    variances = {name: float(value) for name, value in (pair.split("=") for pair in found)}
    return Fitted(columns, kept, saved, float(seconds), variances)


def predict(fitted: Fitted, rows: TrainingTable) -> Prediction:
    """Conditional means; lme4 gives no sd of a rating."""
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / SAVED).write_bytes(fitted.saved)
        _write(Path(place) / TABLE, rows, fitted.columns.main(rows)[:, fitted.kept])
        return Prediction(np.array(_run(PREDICT, place).split(), dtype=float))


def _run(script: str, place: str, *more: str) -> str:
    paths = [str(Path(place) / name) for name in (TABLE, SAVED)]
    command = ["Rscript", "-e", script, *paths, *more]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"not finished after {PATIENCE} s") from None
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return done.stdout


def _write(path: Path, table: TrainingTable, columns: Floats) -> None:
    values = np.column_stack([table.score, table.client_ids, table.therapist_ids, columns])
    names = ["score", "client", "therapist", *(f"f{k}" for k in range(columns.shape[1]))]
    np.savetxt(path, values, fmt="%.12g", delimiter=",", header=",".join(names), comments="")


class _Lme4(Peer):
    """Installed where R says so."""

    @property
    def installed(self) -> bool:
        return version() is not None


PEER = _Lme4("mixed model with match features (lme4, crossed)", fit, predict, "R's lme4")
