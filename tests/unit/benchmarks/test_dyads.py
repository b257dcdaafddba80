import csv
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_match.prediction import EstimationError, fit, forecast_rows
from benchmarks import dyads
from benchmarks.dyads import read
from benchmarks.sheets import InputError

HEADER = ["rater", "ratee", "score"]
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
cells = st.sampled_from(["", "NA", "1", "2.5", "-3", "1e3", "blue", "red", "grün, hell", "0"])


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows(rows)
    return path


@st.composite
def files(draw):
    """Ratings of few or many, with columns of any kind on either side and of the pair."""
    raters, ratees, columns = draw(st.integers(2, 8)), draw(st.integers(2, 4)), draw(st.integers(0, 4))
    n = draw(st.integers(5, 40))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    texts = [draw(st.lists(cells, min_size=8, max_size=8)) for _ in range(columns)]
    # One column stands twice, which is as collinear as can be, and one never changes.
    texts = [*texts, *texts[:1], ["7"] * 8]
    names = [f"c{k}" for k in range(len(texts))]
    people = [
        [[side, *names], *([f"{side} {k}", *(text[k] for text in texts)] for k in range(size))]
        for side, size in (("rater", raters), ("ratee", ratees))
    ]
    rows = [
        [f"rater {rng.integers(raters)}", f"ratee {rng.integers(ratees)}", k % 7, rng.integers(3)]
        for k in range(n)
    ]
    return [[*HEADER, "mood"], *rows], *people


@quick
@given(files())
def test_whatever_is_no_mistake_can_be_fitted(tmp_path, given_files):
    paths = [write(tmp_path / f"{k}.csv", rows) for k, rows in enumerate(given_files)]
    found = read(*paths)
    assert len(found.table) == len(given_files[0]) - 1
    assert (found.table.score.min(), found.table.score.max()) == (0, 100)
    try:
        fitted = fit(found.table)
    except EstimationError as error:
        assert "therapist" in str(error)  # noqa: PT017 - all ratings may be of one ratee
    else:
        forecast = forecast_rows(fitted, found.table)
        assert np.isfinite(forecast.mean).all()
        assert (forecast.rating_sd > 0).all()


@quick
@given(st.lists(st.lists(st.text(max_size=5), max_size=4), max_size=5))
def test_whatever_is_a_mistake_is_named_in_one_line(tmp_path, rows):
    with pytest.raises(InputError) as raised:
        read(write(tmp_path / "odd.csv", rows))
    assert "odd.csv" in str(raised.value)
    assert "\n" not in str(raised.value)


GOOD = [HEADER, ["a", "p", "1"], ["b", "q", "2"], ["c", "p", "4"]]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "ratings.csv: is empty"),
        ([HEADER], "ratings.csv: no rows below the header"),
        ([["rater", "score"], ["a", "1"]], "ratings.csv, line 1: there is no column ratee"),
        ([[*HEADER, "score"], ["a", "p", "1", "1"]], "line 1: column 'score' stands more than once"),
        ([*GOOD, ["d", "q", "NaN"]], "ratings.csv, line 5, column score: 'NaN' is not a number"),
        ([*GOOD, ["d", "q", "inf"]], "ratings.csv, line 5, column score: 'inf' is not a number"),
        ([*GOOD, ["d", "q", ""]], "ratings.csv, line 5, column score: '' is not a number"),
        ([*GOOD, ["d", "q"]], "ratings.csv, line 5: 2 values, expected 3"),
        ([*GOOD, ["", "q", "1"]], "ratings.csv, line 5, column rater: '' stands for a missing value"),
        ([*GOOD, ["d", "NA", "1"]], "ratings.csv, line 5, column ratee: 'NA' stands for a missing value"),
        ([[*HEADER, ""], ["a", "p", "1", "1"]], "line 1: column 4 has no name"),
        ([HEADER, ["a", "p", "1"], ["b", "q", "1"]], "ratings.csv, column score: every score is 1"),
        (
            [[*HEADER, "time"], ["a", "p", "1", "soon"], ["b", "q", "2", "3"]],
            "column time: 'soon' is neither",
        ),
        ([[*HEADER, "mood"], ["a", "p", "1", "-inf"], ["b", "q", "2", "3"]], "column mood: '-inf' is not"),
        (
            [[*HEADER, "age"], ["a", "p", "1", "30,5"], ["b", "q", "2", "40"]],
            "line 2, column age: '30,5' is not",
        ),
        (
            [HEADER, ["a", "p", "3,5"], ["b", "q", "2"]],
            "column score: '3,5' is not a number; write a point for the",
        ),
        (
            [HEADER, ["a", "p", "1.234,5"], ["b", "q", "2"]],
            "'1.234,5' is not a number; write a point for the",
        ),
        (
            [[*HEADER, "pay"], ["a", "p", "1", "1.234,5"], ["b", "q", "2", "40"]],
            "line 2, column pay: '1.234,5' is not a number",
        ),
        ([HEADER, ["a", "p", "1_0"], ["b", "q", "2"]], "column score: '1_0' is not a number"),
        ([HEADER, ["a", "p", "٣"], ["b", "q", "2"]], "column score: '٣' is not a number"),
        ([HEADER, ["a\0", "p", "1"], ["b", "q", "2"]], "line 2: holds a NUL"),
        ([["rater;ratee;score"], ["a;p;1"]], "line 1: columns are parted by semicolons"),
        ([["rater\tratee\tscore"], ["a\tp\t1"]], "line 1: columns are parted by tabs"),
        (
            [HEADER, ["a", "p", "1.7e308"], ["b", "q", "-1.7e308"]],
            "line 2, column score: '1.7e308' is too large",
        ),
        ([HEADER, ["a", "p", "1e-320"], ["b", "q", "0"]], "column score: all scores lie within"),
        (
            [[*HEADER, "age"], ["a", "p", "1", "1e31"], ["b", "q", "2", "4"]],
            "column age: '1e31' is too large",
        ),
        (
            [[*HEADER, "a", "a=x"], *[[f"{k}", "p", f"{k}", "x", "1"] for k in range(3)]],
            "column a=x: another column is named a=x already",
        ),
        (
            [[*HEADER, "time"], ["a", "p", "1", "2026-01-01T10:00+02:00"], ["b", "q", "2", "2026-01-01"]],
            "line 3, column time: '2026-01-01' has no time zone",
        ),
        (
            [[*HEADER, "time"], ["a", "p", "1", "2026-01-01"], ["b", "q", "2", "20260102"]],
            "line 2, column time: '2026-01-01' is not a number, others are",
        ),
        (
            [[*HEADER, "time"], *[[f"{k}", "p", f"{k}", "9" if k > 2 else "1"] for k in range(6)]],
            "column time: more than a fifth of the ratings share the latest time",
        ),
    ],
)
def test_a_mistake_names_its_place(tmp_path, rows, words):
    with pytest.raises(InputError, match=r"ratings\.csv") as raised:
        read(write(tmp_path / "ratings.csv", rows))
    assert words in str(raised.value)


def test_an_id_that_nobody_knows_is_named(tmp_path):
    ratings = write(tmp_path / "ratings.csv", GOOD)
    raters = write(tmp_path / "raters.csv", [["rater"], ["a"], ["b"]])
    with pytest.raises(InputError, match=r"ratings\.csv, line 4, column rater: 'c' is not in raters\.csv"):
        read(ratings, raters)
    write(raters, [["rater"], ["a"], ["a"]])
    with pytest.raises(InputError, match=r"raters\.csv, line 3, column rater: 'a' stands more than once"):
        read(ratings, raters)


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read(tmp_path / "none.csv")
    (tmp_path / "image.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"image\.csv, line 1: is not UTF-8 text"):
        read(tmp_path / "image.csv")
    (tmp_path / "old.csv").write_bytes("rater,ratee,score\r\na,p,1\r\nJosé,p,2\r\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"old\.csv, line 3: is not UTF-8 text"):
        read(tmp_path / "old.csv")
    with pytest.raises(InputError, match="Is a directory"):
        read(tmp_path)


def test_words_become_columns_and_missing_ones_stay_missing(tmp_path):
    ratings = write(tmp_path / "ratings.csv", GOOD)
    raters = write(
        tmp_path / "raters.csv", [["rater", "town", "age"], ["a", "X", "30"], ["b", "X", ""], ["c", "", "50"]]
    )
    found = read(ratings, raters).table
    assert found.features.client == ("town=X", "age")
    assert found.x.tolist()[:2] == [[1.0, 30.0], [1.0, pytest.approx(np.nan, nan_ok=True)]]
    assert np.isnan(found.x[2, 0])


def test_what_comes_last_is_held_out(tmp_path):
    rows = [[*HEADER, "time"], *([f"r{k}", f"p{k % 2}", k, f"2024-01-{k + 1:02}"] for k in range(10))]
    held_out, _ = read(write(tmp_path / "ratings.csv", rows)).held_out()
    assert np.flatnonzero(held_out).tolist() == [8, 9]


def test_a_rater_is_held_out_whole(tmp_path):
    rows = [HEADER, *([f"r{k % 10}", f"p{k % 3}", k] for k in range(40))]
    found = read(write(tmp_path / "ratings.csv", rows))
    held_out, _ = found.held_out()
    assert not set(found.table.client_ids[held_out]) & set(found.table.client_ids[~held_out])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["a", "p", 1], ["b", "p", 2]], "of one ratee"),
        ([["a", "p", 1], ["a", "q", 1], ["b", "q", 2]], "score"),
    ],
)
def test_what_is_left_to_learn_from_must_differ(tmp_path, rows, words):
    rows = [[*HEADER, "time"], *([*row, k] for k, row in enumerate(rows))]
    with pytest.raises(InputError, match=f"the others are all of one .*{words.split()[-1]}"):
        read(write(tmp_path / "ratings.csv", rows)).held_out()


def test_one_rater_alone_cannot_be_held_out(tmp_path):
    rows = [HEADER, ["a", "p", "1"], ["a", "q", "2"]]
    with pytest.raises(InputError, match="one rater"):
        read(write(tmp_path / "ratings.csv", rows)).held_out()


def test_columns_too_many_to_be_crossed_are_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr(dyads, "MOST_PRODUCTS", 1)
    monkeypatch.setattr(dyads, "MOST_SLOPES", 1)
    ratings = write(tmp_path / "ratings.csv", GOOD)
    raters = write(tmp_path / "raters.csv", [["rater", "a", "b"], *([name, 1, 2] for name in "abc")])
    ratees = write(tmp_path / "ratees.csv", [["ratee", "c"], ["p", 1], ["q", 2]])
    found = read(ratings, raters, ratees)
    assert (found.table.features.bilinear, found.table.features.slopes) == (False, ())
    assert len(found.notes) == 2


def test_a_column_without_a_shared_word_is_left_out_and_told_of(tmp_path):
    rows = [[*HEADER, "mood"], ["a", "p", "1", "red"], ["b", "q", "2", "blue"]]

    found = read(write(tmp_path / "ratings.csv", rows))

    assert found.table.features.match == ()
    assert found.notes == ("ratings.csv, column mood: left out, no two rows share a word in it",)


def test_numbers_read_as_words_are_told_of(tmp_path):
    rows = [[*HEADER, "mood"], ["a", "p", "1", "3"], ["b", "q", "2", "n.a."], ["c", "q", "2", "3"]]
    found = read(write(tmp_path / "ratings.csv", rows))
    assert found.table.features.match == ("mood=3",)
    assert found.notes == ("ratings.csv, column mood: read as words, 'n.a.' in line 3 is not a number",)


@pytest.mark.parametrize("other", ["A. Ng", "a.ng", "\uff21.ng", "A.\u00a0Ng"])
def test_ids_that_differ_by_little_are_told_of(tmp_path, other):
    rows = [*GOOD, ["A.Ng", "p", "3"], [other, "q", "2"]]
    found = read(write(tmp_path / "ratings.csv", rows))
    assert len(set(found.table.client_ids)) == 5
    assert "are taken for two" in found.notes[0]


def test_long_ids_cost_no_more_than_their_letters(tmp_path):
    rows = [HEADER, *([f"{k}", "pq"[k % 2], k] for k in range(2_000)), ["x" * 100_000, "p", 3]]
    path = write(tmp_path / "ratings.csv", rows)
    tracemalloc.start()
    read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


def test_times_are_put_in_order_across_time_zones(tmp_path):
    zones = ["T10:00+02:00", "T09:00+00:00", "T10:30+02:00", "T00:00+00:00", "T01:00+00:00"]
    rows = [[*HEADER, "time"], *([f"{k}", "p", k, f"2026-01-01{zone}"] for k, zone in enumerate(zones))]

    found = read(write(tmp_path / "ratings.csv", rows))

    assert found.when is not None
    assert np.argsort(found.when).tolist() == [3, 4, 0, 2, 1]


def test_utf_16_is_told_from_text(tmp_path):
    (tmp_path / "wide.csv").write_bytes("rater,ratee,score".encode("utf-16-le"))
    with pytest.raises(InputError, match=r"wide\.csv: is not UTF-8 text"):
        read(tmp_path / "wide.csv")
