import json
import re

import numpy as np
import pytest
from hypothesis import given

from alliance_match.prediction import EstimationError, fit, forecast, from_dict, solve, to_dict
from tests.unit.prediction.laws import law, seeds


@law
@given(seed=seeds)
def test_round_trip_through_json_is_exact(make_table, make_candidates, variances, seed):
    fitted, candidates = solve(make_table(30, seed), variances), make_candidates(seed)
    again = from_dict(json.loads(json.dumps(to_dict(fitted))))
    assert (forecast(again, candidates).mean == forecast(fitted, candidates).mean).all()
    assert (forecast(again, candidates).sd == forecast(fitted, candidates).sd).all()
    assert to_dict(again) == to_dict(fitted)


def test_round_trip_keeps_how_the_search_ended(make_table):
    fitted = fit(make_table(40))
    again = from_dict(json.loads(json.dumps(to_dict(fitted))))
    assert again.search == fitted.search
    assert (again.layout, again.prior, again.variances) == (fitted.layout, fitted.prior, fitted.variances)


def test_unknown_version_is_refused(make_table, variances):
    with pytest.raises(EstimationError, match="version 99"):
        from_dict(to_dict(solve(make_table(5), variances)) | {"format_version": 99})


@pytest.mark.parametrize(
    ("break_it", "complaint"),
    [("cut", "damaged"), ("lost", "rater_ids"), ("pickled", "'|O' is not allowed"), ("ragged", "damaged")],
)
def test_damaged_snapshot_is_refused(make_table, variances, break_it, complaint):
    d = to_dict(solve(make_table(5), variances))
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


def test_snapshot_holds_only_json_values(make_table, variances):
    def plain(value):
        if isinstance(value, dict):
            return all(isinstance(key, str) and plain(v) for key, v in value.items())
        if isinstance(value, list | tuple):
            return all(plain(v) for v in value)
        return value is None or type(value) in {str, int, float, bool}

    assert plain(to_dict(solve(make_table(5), variances)))
    assert not plain({"a": np.float64(1)})
