"""The estimator and its peers on the same held-out ratings."""

import time
from dataclasses import dataclass

import numpy as np

from alliance_match.prediction import Bools, Evaluation, TrainingTable, coverage, rank_correlation, rmse
from benchmarks.peers import Peer
from benchmarks.report import Report
from benchmarks.timing import spoken

# What a fit may raise that says no more than that this peer cannot do these data.
FAILURES = (Exception,)


@dataclass(frozen=True)
class Scores:
    """Of one peer: RMSE in points, R² against the training mean, mean Spearman within raters, share inside
    intervals by level (None without an sd), seconds of the fit, whether its search ended where it should."""

    rmse: float
    r2: float
    spearman: float
    coverage: dict[float, float] | None
    seconds: float
    converged: bool = True


def compare(
    report: Report, table: TrainingTable, held_out: Bools, peers: list[Peer], step: float
) -> dict[str, Scores]:
    """Fit each peer on the rows not held out; a table of scores, RMSE in units of `step` points.

    A peer that fails is named with the reason.
    """
    train, test = table.rows(~held_out), table.rows(held_out)
    found: dict[str, Scores] = {}
    for peer in peers:
        try:
            found[peer.name] = _scores(peer, train, test)
        except FAILURES as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            report.say(f"{peer.name}: could not be fitted ({reason}).")
        else:
            if not found[peer.name].converged:
                report.say(f"{peer.name}: the search for variances has not converged.")
    report.table(
        ["", "RMSE", "R²", "Spearman", "50/80/90 % hold", "fit"],
        [[name, *_spoken(scores, step)] for name, scores in found.items()],
    )
    return found


def _scores(peer: Peer, train: TrainingTable, test: TrainingTable) -> Scores:
    started = time.perf_counter()
    fitted = peer.fit(train)
    # lme4 knows how long it took without the start of R.
    seconds = getattr(fitted, "seconds", time.perf_counter() - started)
    found = peer.predict(fitted, test)
    total = float(((test.score - train.score.mean()) ** 2).sum())
    return Scores(
        rmse=rmse(test.score, found.mean),
        r2=1 - float(((test.score - found.mean) ** 2).sum()) / total if total else float("nan"),
        spearman=rank_correlation(test, found.mean),
        coverage=None if found.sd is None else coverage(test.score, found.mean, found.sd),
        seconds=seconds,
        # Only this estimator says whether it has.
        converged=getattr(fitted, "converged", True),
    )


def _spoken(scores: Scores, step: float) -> list[str]:
    inside = "—" if scores.coverage is None else "/".join(f"{s:.2f}" for s in scores.coverage.values())
    spearman = "—" if np.isnan(scores.spearman) else f"{scores.spearman:.3f}"
    return [f"{scores.rmse / step:.4g}", f"{scores.r2:.3f}", spearman, inside, spoken(scores.seconds)]


def nested(report: Report, found: Evaluation) -> None:
    """R² of the nested estimators with 90 % intervals, bootstrapped by ratee."""
    models = {**found.nested_r2, "match and slopes alone": found.match_gain}
    report.table(
        ["R², each with one part more", "", "90 % interval"],
        [[f"+ {name}", f"{r.estimate:.4f}", f"{r.low:.4f} to {r.high:.4f}"] for name, r in models.items()],
    )
