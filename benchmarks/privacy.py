"""What published figures hide from the puppet attack, and what that costs those who choose by them."""

import numpy as np

from alliance_match.prediction import (
    FitControl,
    Ints,
    Prior,
    Publication,
    PublicationControl,
    RatingVersions,
    WorldControl,
    fit,
    fit_given_variances,
    forecast,
    publish,
    simulate,
    unpublished,
)
from benchmarks.peers import Prediction
from benchmarks.puppet import APART, CLINICS, MEASURED_FROM, SECRET, Event, attack, usual_variances
from benchmarks.report import Report
from benchmarks.worlds import Clinic

# Therapists and ratings of the clinics in which the cost is measured, and how many are drawn of each.
SIZES = ((200, 1000), (30, 1000), (30, 300))


def privacy(report: Report, runs: int) -> None:
    """Attack so many clinics of each size, live and published, and measure the cost in half as many."""
    report.say(
        f"## What published figures hide\n\n{runs} clinics of each size, half as many for the cost, seeds "
        f"from {MEASURED_FROM:,} on; blur and renewal were chosen on others."
    )
    variances, rows = usual_variances(), []
    for ratings in CLINICS:
        live = attack(ratings, runs, variances, None)
        published, withdrawn = (
            attack(ratings, runs, variances, PublicationControl(), event=event)
            for event in (Event.ANSWER, Event.WITHDRAWAL)
        )
        errors = [f"{found.error:.2f}" for found in (live, published, withdrawn)]
        points = [f"{100 * found.below:.0f}" for found in (live, published, withdrawn)]
        rows.append([f"{ratings} ratings", *errors, *points])
        report.gate(f"puppet's error / prior's, {ratings} ratings", published.error)
        report.gate(f"puppet's “below 60” minus base rate, {ratings} ratings", published.below)
    report.table(
        [
            "",
            *("error / prior's, live", "published", "after a withdrawal"),
            *("“below 60” over base rate, points, live", "published", "after a withdrawal"),
        ],
        rows,
    )
    costs(report, runs // 2)


def costs(report: Report, worlds: int) -> None:
    """The gap that the top suggestion closes, by the newest state and by the published one."""
    rows = []
    for therapists, ratings in SIZES:
        drawn = [_gaps(therapists, ratings, seed) for seed in range(MEASURED_FROM, MEASURED_FROM + worlds)]
        exact, shown = (float(np.mean(side)) for side in zip(*drawn, strict=True))
        rows.append([f"{therapists} × {ratings}", f"{exact:.3f}", f"{shown:.3f}", f"{exact - shown:.3f}"])
        report.gate(f"gap closed, exact minus published, {therapists} × {ratings}", exact - shown)
    report.table(["therapists × ratings", "exact", "published", "cost"], rows)


def _gaps(therapists: int, ratings: int, seed: int) -> tuple[float, float]:
    control = WorldControl(ratings=ratings, therapists=therapists)
    clinic = Clinic(control, simulate(control, seed))
    table, candidates = clinic.world.table, clinic.world.candidates
    newest = fit(table)
    shown: Publication | None = None
    # As renewed when the global coefficients last were, and as published at the end.
    for rows in _published_rows(clinic):
        state = fit_given_variances(
            table.rows(rows), newest.variances, FitControl(prior=Prior(scaling=newest.scaling))
        )
        shown = publish(state, shown, _versions(clinic, rows), SECRET + seed.to_bytes(8, "big"))
    assert shown is not None
    exact, published = (forecast(one, candidates).mean for one in (newest, shown.fitted))
    return clinic.gap_closed(Prediction(exact)), clinic.gap_closed(Prediction(published))


def _versions(clinic: Clinic, rows: Ints) -> RatingVersions:
    table = clinic.world.table
    return RatingVersions(table.client_ids[rows], table.therapist_ids[rows], rows)


def _published_rows(clinic: Clinic) -> tuple[Ints, Ints]:
    """After a publication every few ratings: the rows in the global coefficients, and those published."""
    control, renewed = PublicationControl(), np.arange(0)
    published: Publication | None = None
    empty = fit_given_variances(clinic.world.table.rows(np.arange(0)), usual_variances())
    ends = [*range(APART, len(clinic.world.table), APART), len(clinic.world.table)]
    rows = np.arange(0)
    for end in ends:
        so_far = np.arange(end)
        rows = so_far[~unpublished(_versions(clinic, so_far), published)]
        versions = _versions(clinic, rows)
        published = Publication(empty, versions, versions)
        raters, before = (len(np.unique(clinic.world.table.client_ids[of])) for of in (rows, renewed))
        if not len(renewed) or control.renews(raters - before, raters):
            renewed = rows
    return renewed, rows
