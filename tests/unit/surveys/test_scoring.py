"""Scores worked by hand, and the laws that hold for any answers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.scoring import score
from surveys.services.installing import SHIPPED
from tests.cast import ITEMS

CHECK = json.loads((SHIPPED / "alliance-check.v1.json").read_text("utf-8"))
BONDS = ("item_1", "item_2")
ANSWER = st.none() | st.integers(0, 10)
ANSWERS = st.fixed_dictionaries(dict.fromkeys(ITEMS, ANSWER))


def answered(*values):
    return dict(zip(ITEMS, values, strict=True))


def figures(answers, definition=CHECK):
    scores = score(definition, answers)
    return (scores.total, scores.bond, scores.task, scores.goal)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (answered(0, 0, 0, 0, 0, 0), (0, 0, 0, 0)),
        (answered(10, 10, 10, 10, 10, 10), (100, 100, 100, 100)),
        (answered(8, 6, 7, 9, 10, 2), (70, 70, 80, 60)),
        (answered(8, 6, 7, 9, 10, None), (80, 70, 80, 100)),
        (answered(8, 6, 7, 9, None, None), (None, 70, 80, None)),
        (answered(None, None, None, None, None, 5), (None, None, None, 50)),
        (answered(None, None, None, None, None, None), (None, None, None, None)),
    ],
)
def test_it_scores_as_by_hand(answers, expected):
    assert figures(answers) == pytest.approx(expected)


def test_an_item_left_out_counts_as_rather_not_say():
    assert figures({"item_1": 4}) == figures(answered(4, None, None, None, None, None))


def test_a_scale_need_not_begin_at_zero():
    seven = CHECK | {"scale": {"lowest": 1, "highest": 7}}

    assert figures(answered(1, 1, 4, 4, 7, 7), seven) == pytest.approx((50, 0, 50, 100))


def test_a_facet_may_need_more_than_one_answer():
    strict = CHECK | {"facet_needs": 2}

    assert figures(answered(8, None, 7, 9, 10, 2), strict) == pytest.approx((72, None, 80, 60))


@pytest.mark.parametrize("value", [-1, 11, 2**63, 5.0, "5", True, [5], float("nan")])
def test_it_refuses_an_answer_off_the_scale(value):
    with pytest.raises(ValueError, match="item_2: answers go from 0 to 10"):
        score(CHECK, {"item_2": value})


def test_it_refuses_an_answer_to_no_item():
    with pytest.raises(ValueError, match="item_7: this instrument has no such item"):
        score(CHECK, {"item_7": 5})


@given(ANSWERS)
def test_scores_lie_between_0_and_100_or_are_missing(answers):
    assert all(figure is None or 0 <= figure <= 100 for figure in figures(answers))


@given(ANSWERS, st.permutations(BONDS))
def test_which_item_of_a_facet_got_which_answer_does_not_matter(answers, order):
    swapped = answers | {key: answers[other] for key, other in zip(BONDS, order, strict=True)}

    assert figures(swapped) == pytest.approx(figures(answers))


@given(ANSWERS)
def test_a_total_lies_within_its_facets(answers):
    total, *facets = figures(answers)
    known = [facet for facet in facets if facet is not None]

    assert total is None or min(known) - 1e-9 <= total <= max(known) + 1e-9


@given(ANSWERS, st.sampled_from(ITEMS))
def test_a_higher_answer_never_lowers_a_score(answers, item):
    if answers[item] in (None, 10):
        return
    higher = figures(answers | {item: answers[item] + 1})

    assert all(a is None or a <= b for a, b in zip(figures(answers), higher, strict=True))


@given(ANSWERS)
def test_a_mirrored_answer_has_the_mirrored_score(answers):
    mirrored = {key: None if value is None else 10 - value for key, value in answers.items()}
    expected = [None if figure is None else 100 - figure for figure in figures(answers)]

    assert figures(mirrored) == pytest.approx(tuple(expected))
