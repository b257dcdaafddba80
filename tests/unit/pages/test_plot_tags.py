"""The plots as they reach the page."""

from types import SimpleNamespace as Row

import pytest
from django.template import engines
from django.utils import translation

ESTIMATE = Row(mean=7.0, low50=3.0, high50=11.0, low80=-1.0, high80=15.0)
RELEASES = [
    Row(label="spring", value=5.8, low=4.4, high=7.2),
    Row(label="autumn", value=7.1, low=6.2, high=8.0),
]
ROWS = [Row(label="want structure", mean=4.2, low=1.1, high=7.3, words="likely faster")]
AMOUNTS = [
    Row(label="Agreement", points=6.5, low=5.0, high=8.0, tells=True),
    Row(label="Structure", points=1.0, low=0.0, high=1.5, tells=False),
]
GROUPS = [Row(predicted=60, observed=62, low=55, high=65)]
TAGS = [
    "{% fit_track estimate 20 %}",
    "{% push 2.5 5 %}",
    '{% dot_rows rows 10 "slower" "your usual" "faster" %}',
    "{% ten_dots 7 6 8 %}",
    "{% trend releases %}",
    "{% calibration groups low=50 high=100 %}",
    "{% on_scale 83.3 0 100 %}",
]


def rendered(source):
    context = {"estimate": ESTIMATE, "releases": RELEASES, "rows": ROWS, "groups": GROUPS, "amounts": AMOUNTS}
    return engines["django"].from_string("{% load plots %}" + source).render(context)


@pytest.mark.parametrize("tag", TAGS)
class TestEveryPlot:
    def test_has_an_accessible_sentence(self, tag):
        page = rendered(tag)
        assert 'role="img"' in page
        assert 'aria-label=""' not in page

    def test_needs_no_inline_style(self, tag):
        assert "style=" not in rendered(tag)

    def test_draws_the_same_in_a_language_with_decimal_commas(self, tag):
        with translation.override("de"):
            page = rendered(tag)
        assert ",5%" not in page
        assert "%" in page


@pytest.mark.parametrize("tag", [TAGS[2], TAGS[4], TAGS[5]])
def test_puts_a_table_behind_many_numbers(tag):
    page = rendered(tag)
    assert "<details" in page
    assert '<th scope="col"' in page


def test_shows_nobody_a_percentage():
    page = rendered(TAGS[0])
    words = page.split('aria-label="')[1].split('"')[0] + page.split("plot-words")[1]
    assert "%" not in words


class TestAmounts:
    def test_says_in_words_what_the_bars_show(self):
        page = rendered("{% amounts amounts %}")
        assert "About 6.5 points, likely 5 to 8." in page
        assert "Too early to tell apart from nothing; likely below 1.5 points." in page
        assert 'aria-hidden="true"' in page

    def test_draws_what_tells_otherwise_than_what_does_not(self):
        page = rendered("{% amounts amounts %}")
        assert page.count('class="amount"') == page.count('class="unsure"') == 1

    def test_puts_a_table_behind(self):
        assert '<th scope="col"' in rendered("{% amounts amounts %}")


class TestCourse:
    def rating(self, total, episode):
        return Row(total=total, session=Row(episode_id=episode))

    def said(self, *ratings):
        return (
            engines["django"].from_string("{% load plots %}{% course ratings %}").render({"ratings": ratings})
        )

    def test_compares_within_one_episode(self):
        told = [self.rating(total, 1) for total in (50.0, None, 60.0, 70.0, 80.0)]

        assert "Rising" in self.said(*told)

    def test_never_compares_two_people(self):
        told = [self.rating(total, 1) for total in (20.0, 30.0, 40.0, 50.0)]

        assert "Too few" in self.said(*told, self.rating(80.0, 2))

    def test_says_nothing_about_nothing(self):
        assert self.said() == ""
