import csv

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_match.prediction import EstimationError, fit, forecast_rows
from benchmarks import dyads
from benchmarks.dyads import InputError, read

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
def test_whatever_is_no_mistake_can_be_learnt_from(tmp_path, given_files):
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
        ([[*HEADER, "score"], ["a", "p", "1", "1"]], "'score' has no name or stands more than once"),
        ([*GOOD, ["d", "q", "NaN"]], "ratings.csv, line 5, column score: 'NaN' is not a number"),
        ([*GOOD, ["d", "q", "inf"]], "ratings.csv, line 5, column score: 'inf' is not a number"),
        ([*GOOD, ["d", "q", ""]], "ratings.csv, line 5, column score: '' is not a number"),
        ([*GOOD, ["d", "q"]], "ratings.csv, line 5: 2 values, expected 3"),
        ([*GOOD, ["", "q", "1"]], "ratings.csv, line 5, column rater: no id"),
        ([HEADER, ["a", "p", "1"], ["b", "q", "1"]], "ratings.csv, column score: every score is 1"),
        (
            [[*HEADER, "time"], ["a", "p", "1", "soon"], ["b", "q", "2", "3"]],
            "column time: 'soon' is neither",
        ),
        ([[*HEADER, "mood"], ["a", "p", "1", "-inf"], ["b", "q", "2", "3"]], "column mood: '-inf' is not"),
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
    with pytest.raises(InputError, match=r"image\.csv: is not UTF-8 text"):
        read(tmp_path / "image.csv")


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
