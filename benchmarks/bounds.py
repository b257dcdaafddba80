"""The estimator against the Bayes bound in the named worlds of the package, mostly not friendly."""

from dataclasses import astuple, dataclass

import numpy as np

from alliance_match.prediction import WORLDS, Floats, coverage, fit, forecast, rmse, simulate
from benchmarks.peers import Prediction, estimator
from benchmarks.report import Report
from benchmarks.worlds import Clinic


@dataclass(frozen=True)
class Found:
    """Of one clinic, by this estimator, the Bayes bound and intercepts only: the share of the gap closed, the
    error of differences in points, and the shares inside 50, 80 and 90 % intervals of differences."""

    gap: float
    gap_bound: float
    gap_intercepts: float
    error: float
    error_bound: float
    inside: tuple[float, ...]


def against_the_bound(report: Report, seeds: int) -> None:
    """One row for each world, means over seeds."""
    report.say(
        "## Worlds that are not friendly\n\n"
        f"About 2,000 ratings, 200 therapists, 200 new clients; means of {seeds} worlds. Error is of "
        "differences between a client's therapists; intervals are of the differences that clients would "
        "report. Where pairs were not made by chance, ended early or were cut off, the bound knows nothing "
        "of it and is not strict."
    )
    report.table(
        [
            "world",
            "gap closed",
            "Bayes bound",
            "intercepts only",
            "error, points",
            "Bayes bound",
            "50/80/90 % hold",
        ],
        [[name, *_spoken([found_in(name, seed) for seed in range(seeds)])] for name in WORLDS],
    )


def found_in(name: str, seed: int) -> Found:
    """Simulate, fit and compare."""
    clinic = Clinic(WORLDS[name], simulate(WORLDS[name], seed))
    world = clinic.world
    found = forecast(fit(world.table), world.candidates)
    bare = estimator.INTERCEPTS
    reported = _apart(world.reported)
    return Found(
        gap=clinic.gap_closed(Prediction(found.mean)),
        gap_bound=clinic.gap_closed(Prediction(world.bound)),
        gap_intercepts=clinic.gap_closed(bare.predict(bare.fit(world.table), clinic.pairs)),
        error=rmse(_apart(world.truth), found.difference),
        error_bound=rmse(_apart(world.truth), _apart(world.bound)),
        inside=tuple(coverage(reported, found.difference, found.difference_sd).values()),
    )


def _apart(alliance: Floats) -> Floats:
    """Differences (C, T) from each client's average over the therapists."""
    return np.asarray(alliance - alliance.mean(axis=1, keepdims=True))


def _spoken(found: list[Found]) -> list[str]:
    *figures, inside = (np.mean(values, axis=0) for values in zip(*map(astuple, found), strict=True))
    gaps, errors = figures[:3], figures[3:]
    return [
        *(f"{gap:.3f}" for gap in gaps),
        *(f"{error:.2f}" for error in errors),
        "/".join(f"{share:.2f}" for share in inside),
    ]
