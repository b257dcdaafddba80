import copy
import json
import re

import numpy as np
import pytest
from hypothesis import given

from alliance_match.prediction import (
    EstimationError,
    FitControl,
    fit,
    fit_given_variances,
    forecast,
    from_dict,
    to_dict,
    update,
)
from alliance_match.prediction.inference.serialization import array_from_json, array_to_json
from alliance_match.prediction.inference.sufficient_statistics import Roster, Sums
from tests.unit.prediction.laws import law, seeds


@law
@given(seed=seeds)
def test_round_trip_through_json_is_exact(make_table, make_candidates, variances, seed):
    fitted, candidates = fit_given_variances(make_table(30, seed), variances), make_candidates(seed)
    again = from_dict(json.loads(json.dumps(to_dict(fitted))))
    assert (forecast(again, candidates).mean == forecast(fitted, candidates).mean).all()
    assert (forecast(again, candidates).sd == forecast(fitted, candidates).sd).all()
    assert to_dict(again) == to_dict(fitted)


def test_round_trip_keeps_how_the_search_ended(make_table):
    fitted = fit(make_table(40))
    again = from_dict(json.loads(json.dumps(to_dict(fitted))))
    assert again.search == fitted.search
    assert (again.layout, again.prior, again.variances) == (fitted.layout, fitted.prior, fitted.variances)


@pytest.mark.parametrize(("iterations", "converged"), [(100, True), (1, False)])
def test_round_trip_and_update_keep_whether_the_search_converged(make_table, iterations, converged):
    fitted = fit(make_table(40), FitControl(max_iterations=iterations))
    again = update(from_dict(json.loads(json.dumps(to_dict(fitted)))), make_table(1, 1))
    assert (fitted.converged, again.converged) == (converged, converged)


def test_unknown_version_is_refused(make_table, variances):
    with pytest.raises(EstimationError, match="version 99"):
        from_dict(to_dict(fit_given_variances(make_table(5), variances)) | {"format_version": 99})


@pytest.mark.parametrize(
    ("break_it", "complaint"),
    [("cut", "damaged"), ("lost", "rater_ids"), ("pickled", "'|O' is not allowed"), ("ragged", "damaged")],
)
def test_damaged_snapshot_is_refused(make_table, variances, break_it, complaint):
    d = to_dict(fit_given_variances(make_table(5), variances))
    gram = d["sums"]["gram"]
    if break_it == "cut":
        gram["data"] = gram["data"][:20]
    elif break_it == "lost":
        del d["roster"]["rater_ids"]
    elif break_it == "pickled":
        gram["dtype"] = "|O"
    else:
        gram["shape"] = [3, 3]
    with pytest.raises(EstimationError, match=re.escape(complaint)):
        from_dict(d)


def changed(part, name, change):
    """What puts another array in place of one of the snapshot's."""

    def spoil(d):
        d[part][name] = array_to_json(change(array_from_json(d[part][name])))

    return spoil


def put(*path_and_value):
    """What puts a value at a path."""
    *path, last, value = path_and_value

    def spoil(d):
        for step in path:
            d = d[step]
        d[last] = value

    return spoil


def spoilt_by_nan(array):
    return np.where(np.arange(array.size).reshape(array.shape) == 1, np.nan, array)


ARRAYS = [("roster", name) for name in Roster.__dataclass_fields__]
ARRAYS += [("sums", name) for name in Sums.__dataclass_fields__ if name != "square"]
WAYS = [
    spoilt_by_nan,
    lambda a: a[:-1],
    lambda a: a.ravel()[:, None, None, None],
    lambda a: a.astype("<i8") / 2,
]


@pytest.mark.parametrize(("part", "name"), ARRAYS)
def test_no_array_of_a_snapshot_can_be_spoilt_unnoticed(make_table, variances, part, name):
    """Not finite, too short, of another shape, of another type, or none at all."""
    whole = to_dict(fit_given_variances(make_table(12), variances))
    ways = [changed(part, name, way) for way in WAYS[: 4 if part == "roster" else 3]]
    for spoil in (*ways, put(part, name, "x"), put(part, name, None), put(part, name, [1.0])):
        d = copy.deepcopy(whole)
        spoil(d)
        with pytest.raises(EstimationError, match="snapshot"):
            from_dict(d)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (changed("roster", "rater_ids", lambda a: a[::-1]), "rater_ids: not in ascending order"),
        (changed("roster", "therapist_ids", lambda a: a * 0), "therapist_ids: not in ascending order"),
        (changed("roster", "pair_rater", lambda a: a + 1), "pair_rater"),
        (changed("roster", "pair_therapist", lambda a: -a), "pair_therapist"),
        (changed("sums", "pair_count", lambda a: a * 2), "rater_count"),
        (changed("sums", "pair_count", lambda a: a * 0), "rater_count"),
        (changed("sums", "rater_weight", lambda a: a * 0), "rater_weight: row 0 is not above 0"),
        (put("sums", "square", float("nan")), "square"),
        (put("sums", None), "damaged"),
        (put("variances", "residual", [1.0]), "one residual variance"),
        (put("variances", "residual", []), "variance of residual"),
        (put("variances", "client", "1"), "variance of client"),
        (put("layout", "instruments", "SW"), "instruments"),
        (put("layout", "client", "kept", [0, 9]), "client kept"),
        (put("layout", "client", "kept", [1, 0]), "client: not in ascending order"),
        (put("layout", "client", "kept", [0]), "client centre"),
        (put("layout", "client", "flagged", [-1]), "client flagged"),
        (put("layout", "client", "scale", [1.0, float("nan")]), "client scale"),
        (put("layout", "client", "scale", [1.0, 0.0]), "client scale"),
        (put("layout", "client", "centre", [1.0, "a"]), "client centre"),
        (put("layout", "features", "client", ["distress"]), "snapshot"),
        (put("prior", "mean", {"client:age": 1.0}), "client:age"),
        (put("prior", "agreement", float("nan")), "agreement"),
        (put("prior", "scaling", {"client:hope": [0.0]}), "damaged"),
        (
            put("search", {"log_posterior": 1.0, "gradient": 0.0, "evaluations": 3, "converged": "yes"}),
            "converged",
        ),
        (put("widening", float("nan")), "widening"),
    ],
)
def test_parts_that_do_not_belong_together_are_named(make_table, variances, spoil, complaint):
    d = json.loads(json.dumps(to_dict(fit_given_variances(make_table(12), variances))))
    spoil(d)
    with pytest.raises(EstimationError, match=complaint):
        from_dict(d)


@pytest.mark.parametrize("other", [None, [], "x", {}])
def test_what_is_no_snapshot_is_refused(other):
    with pytest.raises(EstimationError, match="snapshot"):
        from_dict(other)


def test_snapshot_holds_only_json_values(make_table, variances):
    def plain(value):
        if isinstance(value, dict):
            return all(isinstance(key, str) and plain(v) for key, v in value.items())
        if isinstance(value, list | tuple):
            return all(plain(v) for v in value)
        return value is None or type(value) in {str, int, float, bool}

    assert plain(to_dict(fit_given_variances(make_table(5), variances)))
    assert not plain({"a": np.float64(1)})
