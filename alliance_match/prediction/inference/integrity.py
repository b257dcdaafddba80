"""Whether the parts of a fitted value that comes from outside belong together."""

from collections.abc import Mapping

import numpy as np

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.sufficient_statistics import Roster, Sums
from alliance_match.prediction.inference.variance_search import VarianceSearch
from alliance_match.prediction.model.columns import Layout, Standardisation, check_prior
from alliance_match.prediction.model.priors import WIDENING


def check_parts(fitted: FittedAlliance) -> None:
    """Raise EstimationError at the first part that is ragged, not finite, out of order or out of range."""
    layout = fitted.layout
    for side in ("client", "therapist", "match"):
        _check_standard(getattr(layout, side), len(getattr(layout.features, side)), side)
    check.require_unique_names(layout.instruments, "instruments")
    check_prior(fitted.prior, layout)
    if len(fitted.variances.residual) != len(layout.instruments):
        raise EstimationError("variances: one residual variance is needed for each instrument")
    check.require_number(fitted.widening, *WIDENING, "widening")
    _check_search(fitted.search)
    _check_roster(fitted.roster)
    _check_sums(fitted.sums, fitted.roster, layout)


def _check_standard(standard: Standardisation, features: int, side: str) -> None:
    for name in ("kept", "flagged"):
        _check_ascending(check.as_positions(getattr(standard, name), features, f"{side} {name}"), side)
    for name, low in (("centre", -check.FURTHEST), ("scale", 1 / check.FURTHEST)):
        values = check.as_floats(getattr(standard, name), (len(standard.kept),), f"{side} {name}")
        check.require_finite(values, f"{side} {name}")
        check.require_between(values, low, check.FURTHEST, f"{side} {name}")


def _check_search(search: VarianceSearch | None) -> None:
    if search is not None:
        check.require_number(search.log_posterior, -np.inf, np.inf, "search log_posterior")
        check.require_number(search.gradient, 0, np.inf, "search gradient")
        check.require_whole_number(search.evaluations, 1, "search evaluations")
        check.as_booleans(search.converged, (), "search converged")


def _check_roster(roster: Roster) -> None:
    arrays = {name: getattr(roster, name) for name in Roster.__dataclass_fields__}
    _check_arrays(arrays, dict.fromkeys(arrays, (None,)), np.int64)
    rater = check.as_positions(roster.pair_rater, len(roster.rater_ids), "pair_rater")
    therapist = check.as_positions(roster.pair_therapist, len(roster.therapist_ids), "pair_therapist")
    if len(rater) != len(therapist):
        raise EstimationError("pairs: not as many raters as therapists")
    for name in ("therapist_ids", "rater_ids"):
        _check_ascending(arrays[name], name)
    _check_ascending(rater * len(roster.therapist_ids) + therapist, "pairs")


def _check_sums(sums: Sums, roster: Roster, layout: Layout) -> None:
    T, R, K = len(roster.therapist_ids), len(roster.rater_ids), len(roster.pair_rater)
    p, q = len(layout.columns), 1 + len(layout.slope_positions)
    counts = {"rater_count": (R,), "pair_count": (K,)}
    shapes = {
        "gram": (p, p),
        "moment": (p,),
        "own_gram": (T, q, q),
        "own_cross": (T, q, p),
        "own_moment": (T, q),
        "rater_weight": (R,),
        "rater_cross": (R, p),
        "rater_moment": (R,),
        "pair_cross": (K, q),
    }
    arrays = {name: getattr(sums, name) for name in (*counts, *shapes)}
    _check_arrays(arrays, counts, np.int64)
    _check_arrays(arrays, shapes, np.float64)
    if (sums.rater_weight <= 0).any():
        raise EstimationError(f"rater_weight: row {int(np.argmax(sums.rater_weight <= 0))} is not above 0")
    check.require_number(sums.square, 0, np.finfo(float).max, "square")
    rows = np.bincount(roster.pair_rater, sums.pair_count, R)
    if (sums.pair_count < 1).any() or (rows != sums.rater_count).any():
        raise EstimationError("rater_count: not the number of rows of the rater's pairs")


def _check_arrays(
    arrays: Mapping[str, np.ndarray], shapes: Mapping[str, tuple[int | None, ...]], dtype: type
) -> None:
    for name, shape in shapes.items():
        array = arrays[name]
        check.require_finite(check.as_floats(array, shape, name), name)
        if not isinstance(array, np.ndarray) or array.dtype != dtype:
            raise EstimationError(f"{name}: not an array of {dtype.__name__}")


def _check_ascending(values: np.ndarray, what: str) -> None:
    if (np.diff(values) <= 0).any():
        raise EstimationError(f"{what}: not in ascending order")
