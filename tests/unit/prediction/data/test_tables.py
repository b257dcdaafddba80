from dataclasses import replace

import numpy as np
import pytest

from alliance_match.prediction import EstimationError, FeatureSet, PairTerms


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ({"client": ("a", "a")}, "client features: the name 'a'"),
        ({"therapist": ("",)}, "therapist features: a name is empty"),
        ({"match": ("m",), "pooled": ("n",)}, "pooled features: 'n'"),
        ({"client": ("a",), "slopes": ("b",)}, "slopes: 'b'"),
        ({"client": "ab"}, "client features: 'ab' is not a tuple"),
        ({"client": ["a", "b"]}, "client features: .* is not a tuple"),
        ({"client": (1, 2)}, "client features: .* is not a tuple"),
        ({"client": None}, "client features: None is not a tuple"),
    ],
)
def test_feature_set_refuses_impossible_names(names, complaint):
    with pytest.raises(EstimationError, match=complaint):
        FeatureSet(**names)


def spoilt(table, name, row, value):
    array = getattr(table, name).astype(float)
    array[row] = value
    return {name: array}


@pytest.mark.parametrize(
    ("name", "row", "value", "complaint"),
    [
        ("score", 3, np.nan, "score: row 3 is not a finite"),
        ("score", 3, np.inf, "score: row 3 is not a finite"),
        ("score", 2, 100.5, "score: row 2 is outside 0 to 100"),
        ("score", 2, -1, "score: row 2 is outside 0 to 100"),
        ("weight", 6, 0, "weight: row 6 is outside"),
        ("weight", 6, 5e-324, "weight: row 6 is outside"),
        ("weight", 6, np.inf, "weight: row 6 is not a finite"),
        ("x", (4, 1), np.inf, "x: row 4, column 1 is infinite"),
        ("x", (4, 1), -1e31, "x: row 4, column 1 is beyond"),
        ("weight", 6, 1e7, "weight: row 6 is outside"),
        ("session", 5, 0, "session: row 5 is below 1"),
        ("session", 5, 1.5, "session: row 5 is not a whole number"),
        ("instrument", 1, 2, "instrument: row 1 is outside 0 to 1"),
        ("client_ids", 0, np.nan, "client_ids: row 0 is not a whole number"),
    ],
)
def test_table_names_the_row_at_fault(make_table, name, row, value, complaint):
    table = make_table(10)
    with pytest.raises(EstimationError, match=complaint):
        replace(table, **spoilt(table, name, row, value))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"x": np.zeros((10, 3))}, "x: shape"),
        ({"weight": np.ones(9)}, "weight: shape"),
        ({"z": np.zeros(10)}, "z: shape"),
        ({"m": np.zeros((9, 2))}, "m: shape"),
        ({"m": [["a", "b"]] * 10}, "m: not an array of numbers"),
        ({"m": [["1", "2"]] * 10}, "m: not an array of numbers"),
        ({"score": np.array(["1_0"] * 10, dtype=object)}, "score: not an array of numbers"),
        ({"client_ids": np.array([1] * 9 + ["1"], dtype=object)}, "client_ids: not an array of numbers"),
        ({"score": np.full(10, 50 + 1j)}, "score: not an array of numbers"),
        ({"score": np.ma.masked_greater(np.full(10, 50.0), 40)}, "score: not an array of numbers"),
        ({"client_ids": np.full(10, 2.0**53 + 2)}, "client_ids: row 0 is too large"),
        ({"client_ids": np.full(10, 2**63, dtype=np.uint64)}, "client_ids: row 0 is too large"),
        ({"client_ids": [2**70] * 10}, "client_ids: row 0 is too large"),
        ({"client_ids": [10**400] * 10}, "client_ids: not an array of numbers"),
        ({"therapist_ids": np.zeros(9)}, "therapist_ids: shape"),
        ({"instruments": ()}, "instruments: at least one"),
        ({"instruments": ("SRS", "SRS")}, "instruments: the name 'SRS'"),
    ],
)
def test_table_names_what_is_ragged(make_table, changes, complaint):
    with pytest.raises(EstimationError, match=complaint):
        replace(make_table(10), **changes)


def test_table_of_chosen_rows_keeps_their_order(make_table):
    table = make_table(10)
    assert table.rows(np.array([7, 2])).score.tolist() == table.score[[7, 2]].tolist()
    assert len(table.rows(table.score > 70)) == (table.score > 70).sum()


@pytest.mark.parametrize("chosen", [np.array([10]), np.ones(3, bool), np.array([1.0])])
def test_rows_that_are_not_there_are_refused(make_table, chosen):
    with pytest.raises(EstimationError, match="rows:"):
        make_table(10).rows(chosen)


@pytest.mark.parametrize("session", [0, -1, 2.5, float("nan"), "3"])
def test_candidates_are_for_a_session_there_is(make_candidates, session):
    with pytest.raises(EstimationError, match="session"):
        replace(make_candidates(), session=session)


def test_match_terms_are_of_their_kind_and_size(make_candidates):
    with pytest.raises(EstimationError, match="match 'agreement': int is not PairTerms"):
        replace(make_candidates(), match={"agreement": 1, "concerns": 2})
    with pytest.raises(EstimationError, match="client terms: row 0, column 0 is beyond"):
        PairTerms(np.full((2, 1), 1e31), np.ones((3, 1)))


def test_candidates_name_what_is_missing_or_doubled(make_candidates):
    candidates = make_candidates()
    with pytest.raises(EstimationError, match="match terms: 'concerns'"):
        replace(candidates, match={"agreement": candidates.match["agreement"]})
    with pytest.raises(EstimationError, match="therapist_ids: an id stands more than once"):
        replace(candidates, therapist_ids=np.array([1, 1, 2, 3]))
    with pytest.raises(EstimationError, match="z: shape"):
        replace(candidates, z=candidates.z[:, :1])
    swapped = candidates.match | {"concerns": make_candidates(clients=5).match["concerns"]}
    with pytest.raises(EstimationError, match="match 'concerns'"):
        replace(candidates, match=swapped)
