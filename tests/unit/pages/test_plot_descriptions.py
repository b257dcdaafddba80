"""What a plot says to whoever cannot see it."""

from types import SimpleNamespace as Row

import pytest
from django.utils import translation

from alliance_match.pages import plot_descriptions


@pytest.mark.parametrize(
    ("value", "words"),
    [(4, "+4.0"), (4.25, "+4.2"), (-1.8, "−1.8"), (0.04, "0.0"), (-0.04, "0.0"), (-3.0, "−3.0")],
)
def test_signs_a_figure_with_a_true_minus_and_one_decimal(value, words):
    assert plot_descriptions.signed_number(value) == words


def test_writes_figures_as_the_language_does():
    with translation.override("de"):
        assert plot_descriptions.plain_number(4.2) == "4,2"


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (7.2, "7 points above"),
        (1, "1 point above"),
        (0.3, "level with it"),
        (-1.4, "1 point below"),
        (-5, "5 points below"),
    ],
)
def test_says_a_distance_in_words(points, words):
    assert plot_descriptions.from_average(points) == words


def test_says_estimate_and_range_of_a_fit_track_and_no_percentage():
    said = plot_descriptions.fit_track(Row(mean=7, low50=3, high50=11, low80=-1, high80=15))
    assert said == (
        "Against the average here, for you: about 7 points above; "
        "8 times in 10 between 1 point below and 15 points above."
    )


@pytest.mark.parametrize(
    ("points", "start"), [(2, "Speaks for"), (-2, "Speaks against"), (0, "Makes no difference")]
)
def test_says_which_way_a_push_goes(points, start):
    assert plot_descriptions.push_in_words(points).startswith(start)


def test_says_label_estimate_and_range_of_a_row():
    said = plot_descriptions.dot_row("wants structure", Row(mean=4.2, low=1.1, high=7.3))
    assert said == "wants structure: +4.2, likely between +1.1 and +7.3."


def test_says_the_share_of_ten_dots():
    assert plot_descriptions.ten_dots(7, 6, 8) == "About 7 in 10, likely between 6 and 8 in 10."


class TestTrend:
    def test_says_first_and_last(self):
        releases = [
            Row(label="spring", value=5.8),
            Row(label="summer", value=6),
            Row(label="autumn", value=7.1),
        ]
        assert plot_descriptions.trend_in_words(releases) == "spring: 5.8. autumn: 7.1."

    def test_says_the_only_one(self):
        assert plot_descriptions.trend_in_words([Row(label="spring", value=5.8)]) == "spring: 5.8."

    def test_says_that_there_is_none(self):
        assert plot_descriptions.trend_in_words([]) == "Nothing to draw yet."


def test_counts_the_groups_that_came_out_as_predicted():
    groups = [Row(predicted=60, low=55, high=65), Row(predicted=60, low=65, high=70)]
    assert (
        plot_descriptions.calibration_in_words(groups)
        == "Predicted against observed: 1 of 2 groups came out as predicted."
    )


def test_says_the_ends_of_a_scale():
    assert plot_descriptions.on_scale(83.3, 0, 100) == "83, where 0 is the lowest and 100 the highest."


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], ""),
        ([50.0, 70.0, 90.0], "Too few"),
        ([50.0, 55.0, 50.0, 55.0], "Steady"),
        ([40.0, 50.0, 60.0, 70.0], "Rising"),
        ([70.0, 60.0, 50.0, 40.0], "Falling"),
    ],
)
def test_says_where_ones_own_answers_are_going(values, words):
    assert words in plot_descriptions.course_in_words(values)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Row(points=6.5, low=5, high=8, tells=True), "About 6.5 points, likely 5 to 8."),
        (Row(points=1.0, low=0.5, high=1.5, tells=True), "About 1 point, likely 0.5 to 1.5."),
        (
            Row(points=1, low=0, high=1.5, tells=False),
            "Too early to tell apart from nothing; likely below 1.5 points.",
        ),
        (Row(points=0, low=0, high=0, tells=False), "Nothing so far."),
    ],
)
def test_says_how_much_something_counts_and_how_surely(amount, words):
    assert plot_descriptions.amount_in_words(amount) == words
