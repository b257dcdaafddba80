"""What the top suggestion gains of what could be gained, and whether intervals and verdicts hold."""

from statistics import median

import numpy as np

from alliance_match.prediction import (
    COVERAGE_LEVELS,
    Floats,
    coverage,
    evaluate,
    fit,
    forecast,
    forecast_rows,
    latest_rows,
    verdict,
)
from benchmarks.bounds import against_the_bound
from benchmarks.effort import Effort
from benchmarks.gates import CURVE_TARGETS, SIZES
from benchmarks.peers import (
    Peer,
    boosting,
    estimator,
    gpboost_trees,
    intercepts,
    outer_ridge,
    preference,
    recommender,
    shrunken,
)
from benchmarks.report import Report
from benchmarks.worlds import Clinic, draw

CURVE_PEERS = (
    preference.PEER,
    shrunken.PEER,
    intercepts.PEER,
    gpboost_trees.PEER,
    boosting.PEER,
    outer_ridge.PEER,
    recommender.PEER,
    estimator.PEER,
    estimator.WRONG_PRIOR,
    estimator.FREE,
)
BOUND = "Bayes bound (true parameters)"
FIXED_WORLDS = range(10)


def accuracy(report: Report, effort: Effort) -> None:
    """Measure it all in simulated worlds."""
    learning_curve(report, effort.seeds)
    fixed_worlds(report)
    against_the_bound(report, len(FIXED_WORLDS))
    null_worlds(report, effort.null_worlds)
    coverages(report)


def learning_curve(report: Report, seeds: int) -> None:
    """Share of the gap closed, by number of rated dyads; medians over seeds."""
    report.say("## Learning curve")
    report.say(
        "Share of the gap from a random therapist to the best one that the top suggestion closes; "
        f"200 therapists, ceiling, median of {seeds} worlds."
    )
    peers = installed(report, CURVE_PEERS)
    found = {size: _point(peers, size, seeds) for size in SIZES}
    names = [*(peer.name for peer in peers), BOUND]
    report.table(
        ["rated dyads", *(f"{size:,}" for size in SIZES)],
        [
            *([name, *(f"{found[size][name]:.2f}" for size in SIZES)] for name in names),
            ["to reach", *(f"{target:.2f}" for target in CURVE_TARGETS)],
        ],
    )
    for size, gaps in found.items():
        report.gate(f"gap closed, {size} dyads", gaps[estimator.PEER.name])
        margin = gaps[estimator.WRONG_PRIOR.name] - gaps[estimator.FREE.name]
        report.gate(f"wrong prior minus free bilinear, {size} dyads", margin)


def _point(peers: list[Peer], size: int, seeds: int) -> dict[str, float]:
    drawn = [draw("curve", seed, size) for seed in range(seeds)]
    found = {peer.name: median(gap_closed(peer, clinic) for clinic in drawn) for peer in peers}
    return found | {BOUND: median(clinic.bound for clinic in drawn)}


def gap_closed(peer: Peer, clinic: Clinic) -> float:
    """What a peer closes of the gap after learning from the clinic's ratings."""
    return clinic.gap_closed(peer.predict(peer.fit(clinic.world.table), clinic.pairs))


def installed(report: Report, peers: tuple[Peer, ...]) -> list[Peer]:
    """The peers that are there; of the others it is said that they are not."""
    for peer in peers:
        if not peer.installed:
            report.say(f"{peer.name}: not installed.")
    return [peer for peer in peers if peer.installed]


def fixed_worlds(report: Report) -> None:
    """Ten worlds for each learnable share, median; at 0 % beside intercepts alone."""
    report.say(
        "## Ten fixed worlds\n\n200 therapists, 2,014 rated dyads, ceiling; median share of the gap closed."
    )
    rows = []
    for share in ("10.5 %", "6 %", "3 %", "0 %"):
        drawn = [draw(share, seed) for seed in FIXED_WORLDS]
        ours, bare = (
            median(gap_closed(peer, clinic) for clinic in drawn)
            for peer in (estimator.PEER, estimator.INTERCEPTS)
        )
        bound = median(clinic.bound for clinic in drawn)
        rows.append([share, f"{ours:.3f}", f"{bare:.3f}", f"{bound:.3f}"])
        if share == "0 %":
            report.gate("gap closed, 0 % learnable, minus intercepts only", ours - bare)
        else:
            report.gate(f"gap closed, {share} learnable", ours)
    report.table(["learnable share", "this estimator", "intercepts only", "Bayes bound"], rows)


def null_worlds(report: Report, worlds: int) -> None:
    """How often a clinic without any interaction is told that there is none."""
    undetected = []
    for seed in range(worlds):
        table = draw("0 %", 100 + seed).world.table
        found = evaluate(table, latest_rows(np.arange(len(table), dtype=float)))
        undetected.append(verdict(found, len(table)) == "no detectable match effect")
    report.say(
        f"Of {worlds} clinics without interaction, {sum(undetected)} were told “no detectable match effect”."
    )
    report.gate("share of null worlds without a detectable effect", float(np.mean(undetected)))


def coverages(report: Report) -> None:
    """How much intervals of three levels hold, over ten worlds each."""
    report.say("## Intervals")
    found = {
        "ratings": _pooled([_of_ratings(draw("10.5 %", seed)) for seed in FIXED_WORLDS]),
        "differences, no ceiling": _pooled(
            [_of_differences(draw("no ceiling", seed)) for seed in FIXED_WORLDS]
        ),
        "differences, ceiling": _pooled([_of_differences(draw("10.5 %", seed)) for seed in FIXED_WORLDS]),
    }
    for what, shares in found.items():
        for level, share in shares.items():
            report.gate(f"{level:.0%}".replace("%", " % intervals of ") + what, share)
    report.table(
        ["intervals of", *(f"{level:.0%}" for level in COVERAGE_LEVELS)],
        [[what, *(f"{share:.3f}" for share in shares.values())] for what, shares in found.items()],
    )


def _of_ratings(clinic: Clinic) -> tuple[Floats, Floats, Floats]:
    """Ratings held out, their forecasts and the forecasts' sds, (n,)."""
    table = clinic.world.table
    held_out = table.client_ids % 5 == 0
    found = forecast_rows(fit(table.rows(~held_out)), table.rows(held_out))
    return table.score[held_out], found.mean, found.rating_sd


def _of_differences(clinic: Clinic) -> tuple[Floats, Floats, Floats]:
    """Differences from the client's average over the therapists as would be reported, forecast ones and their
    sds, (C·T,)."""
    reported = clinic.world.reported
    found = forecast(fit(clinic.world.table), clinic.world.candidates)
    true_difference = reported - reported.mean(axis=1, keepdims=True)
    return true_difference.ravel(), found.difference.ravel(), found.difference_sd.ravel()


def _pooled(parts: list[tuple[Floats, Floats, Floats]]) -> dict[float, float]:
    return coverage(*(np.concatenate(side) for side in zip(*parts, strict=True)))
