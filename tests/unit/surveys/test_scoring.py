"""Scores worked by hand, and the laws that hold for any answers."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.scoring import score
from tests.cast import ITEMS
from tests.instruments import answered as answers_to
from tests.instruments import c_nip, definitions, shipped, srs, wai_sr

CHECK, PHQ, GAD = shipped("alliance-check"), shipped("phq-9"), shipped("gad-7")
SLOWLY = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
MINI, STYLE = shipped("mini-ipip"), shipped("style-preferences")
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
    seven = dict(CHECK) | {"scale": {"lowest": 1, "highest": 7}}

    assert figures(answered(1, 1, 4, 4, 7, 7), seven) == pytest.approx((50, 0, 50, 100))


def test_a_facet_may_need_more_than_one_answer():
    parts = [part | {"needs": 2} for part in CHECK["subscales"]]
    strict = dict(CHECK) | {"subscales": parts}

    assert figures(answered(8, None, 7, 9, 10, 2), strict) == pytest.approx((72, None, 80, 60))


@pytest.mark.parametrize("value", [-1, 11, 2**63, 5.0, "5", True, [5], float("nan")])
def test_it_refuses_an_answer_off_the_scale(value):
    with pytest.raises(ValueError, match="item_2: answers go from 0 to 10"):
        score(CHECK, {"item_2": value})


def test_it_refuses_an_answer_to_no_item():
    with pytest.raises(ValueError, match="item_7: this instrument has no such item"):
        score(CHECK, {"item_7": 5})


@SLOWLY
@given(ANSWERS)
def test_scores_lie_between_0_and_100_or_are_missing(answers):
    assert all(figure is None or 0 <= figure <= 100 for figure in figures(answers))


@SLOWLY
@given(ANSWERS, st.permutations(BONDS))
def test_which_item_of_a_facet_got_which_answer_does_not_matter(answers, order):
    swapped = answers | {key: answers[other] for key, other in zip(BONDS, order, strict=True)}

    assert figures(swapped) == pytest.approx(figures(answers))


@SLOWLY
@given(ANSWERS)
def test_a_total_lies_within_its_facets(answers):
    total, *facets = figures(answers)
    known = [facet for facet in facets if facet is not None]

    assert total is None or min(known) - 1e-9 <= total <= max(known) + 1e-9


@SLOWLY
@given(ANSWERS, st.sampled_from(ITEMS))
def test_a_higher_answer_never_lowers_a_score(answers, item):
    if answers[item] in (None, 10):
        return
    higher = figures(answers | {item: answers[item] + 1})

    assert all(a is None or a <= b for a, b in zip(figures(answers), higher, strict=True))


@SLOWLY
@given(ANSWERS)
def test_a_mirrored_answer_has_the_mirrored_score(answers):
    mirrored = {key: None if value is None else 10 - value for key, value in answers.items()}
    expected = [None if figure is None else 100 - figure for figure in figures(answers)]

    assert figures(mirrored) == pytest.approx(tuple(expected))


def numbered(*values):
    """Answers to item_1, item_2 and so on."""
    return {f"item_{k}": value for k, value in enumerate(values, 1)}


def points(definition, answers):
    whole = score(definition, answers).whole
    return None if whole is None else whole.points


@pytest.mark.parametrize(
    ("answers", "total", "band"),
    [
        (numbered(0, 0, 0, 0, 0, 0, 0, 0, 0), 0, "minimal"),
        (numbered(1, 1, 1, 1, 0, 0, 0, 0, 0), 4, "minimal"),
        (numbered(1, 1, 1, 1, 1, 0, 0, 0, 0), 5, "mild"),
        (numbered(3, 3, 2, 1, 1, 0, 0, 0, 0), 10, "moderate"),
        (numbered(3, 3, 3, 3, 3, 0, 0, 0, 0), 15, "moderately severe"),
        (numbered(3, 3, 3, 3, 3, 3, 2, 0, 0), 20, "severe"),
        (numbered(3, 3, 3, 3, 3, 3, 3, 3, 3), 27, "severe"),
        (numbered(None, None, 2, 2, 2, 2, 2, 2, 2), 18, "moderately severe"),
        (numbered(None, 1, 1, 1, 1, 1, 1, 1, 2), 10.125, "moderate"),
        (numbered(None, 1, 1, 1, 1, 1, 1, 1, 1), 9, "mild"),
        (numbered(None, None, None, 2, 2, 2, 2, 2, 2), None, ""),
        (numbered(2, 2, 2, 2, 2, 2, 2, 2, None), None, ""),
    ],
)
def test_the_phq_9_is_a_sum_of_nine_prorated_by_two_at_most_but_never_for_item_nine(answers, total, band):
    assert points(PHQ, answers) == total
    assert score(PHQ, answers).band == band


def test_how_difficult_it_is_counts_for_nothing():
    assert points(PHQ, numbered(*[1] * 9) | {"difficulty": 3}) == 9


@pytest.mark.parametrize(
    ("answers", "total"),
    [
        (numbered(3, 3, 3, 3, 3, 3, 3, 3), 24),
        (numbered(3, 0, 0, 2, 0, 0, 0, 0), 5),
        (numbered(None, None, 1, 1, 1, 1, 1, 1), 8),
        (numbered(None, None, None, 1, 1, 1, 1, 1), None),
    ],
)
def test_the_phq_8_leaves_item_nine_out(answers, total):
    assert points(shipped("phq-8"), answers) == total


@pytest.mark.parametrize(
    ("answers", "total", "band"),
    [
        (numbered(0, 0, 0, 0, 1, 1, 2), 4, "minimal"),
        (numbered(1, 1, 1, 1, 1, 0, 0), 5, "mild"),
        (numbered(2, 2, 2, 1, 1, 1, 1), 10, "moderate"),
        (numbered(3, 3, 3, 3, 3, 0, 0), 15, "severe"),
        (numbered(3, 3, 3, 3, 3, 3, 3), 21, "severe"),
        (numbered(3, 3, 3, 3, 3, 3, None), None, ""),
    ],
)
def test_the_gad_7_is_a_sum_of_seven(answers, total, band):
    assert points(GAD, answers) == total
    assert score(GAD, answers).band == band


def parts(definition, answers):
    """The points of each subscale."""
    return {key: part and part.points for key, part in score(definition, answers).parts.items()}


def test_the_mini_ipip_turns_its_reversed_items():
    """All 5: two items of each count 5 and two count 1, but of intellect one and three."""
    assert parts(MINI, numbered(*[5] * 20)) == {
        "extraversion": 3,
        "agreeableness": 3,
        "conscientiousness": 3,
        "neuroticism": 3,
        "intellect": 2,
    }


def test_the_mini_ipip_is_a_mean_of_four():
    outgoing = numbered(*[3] * 20) | {"item_1": 5, "item_6": 1, "item_11": 4, "item_16": 2}

    assert parts(MINI, outgoing) == dict.fromkeys(parts(MINI, outgoing), 3) | {"extraversion": 4.5}
    assert parts(MINI, outgoing | {"item_16": None})["extraversion"] is None


def test_a_style_is_its_place_whatever_it_matters():
    found = parts(STYLE, {"structure": -3, "feelings": 2, "warmth": 0, "structure_importance": 3})

    assert found == {"structure": -3, "feelings": 2, "time": None, "warmth": 0}
    assert score(STYLE, {"structure": -3}).parts["structure"].on_100 == 0


def test_the_wai_sr_is_a_mean_with_task_goal_and_bond():
    """Task 1, 2, 10, 12: 5 4 3 4; goal 4, 6, 8, 11: 2 2 3 3; bond 3, 5, 7, 9: 5 5 5 4."""
    answers = numbered(5, 4, 5, 2, 5, 2, 5, 3, 4, 3, 3, 4)
    scores = score(wai_sr(), answers)

    assert parts(wai_sr(), answers) == {"task": 4, "goal": 2.5, "bond": 4.75}
    assert scores.whole.points == 3.75
    assert (scores.total, scores.task, scores.goal, scores.bond) == (68.75, 75, 37.5, 93.75)
    assert score(wai_sr(), answers | {"item_12": None}).total is None


def test_the_c_nip_is_four_sums():
    """1–5: 3 2 1 0 −1; 6–10: all −3; 11–13: 1 1 −2; 14–18: all 3."""
    answers = numbered(3, 2, 1, 0, -1, -3, -3, -3, -3, -3, 1, 1, -2, 3, 3, 3, 3, 3)

    assert parts(c_nip(), answers) == {"direction": 5, "intensity": -15, "time": 0, "warmth": 15}
    assert score(c_nip(), answers).total is None
    assert score(c_nip(), answers).parts["intensity"].on_100 == 0


@pytest.mark.parametrize(
    ("values", "total", "band"), [((9, 9, 9, 9), 90, "talk"), ((10, 9, 9, 9), 92.5, "fine")]
)
def test_the_srs_is_a_sum_of_four(values, total, band):
    assert score(srs(), numbered(*values)).total == total
    assert score(srs(), numbered(*values)).band == band


@SLOWLY
@given(st.data())
def test_any_figure_of_any_instrument_lies_on_its_scale(data):
    definition = data.draw(definitions())
    scores = score(definition, data.draw(answers_to(definition)))

    for figure in (scores.whole, *scores.parts.values()):
        assert figure is None or -1e-9 <= figure.on_100 <= 100 + 1e-9


@SLOWLY
@given(st.data())
def test_a_reversed_item_scores_as_its_mirror_does(data):
    definition = data.draw(definitions())
    answers = data.draw(answers_to(definition))
    lowest, highest = definition["scale"]["lowest"], definition["scale"]["highest"]
    items = [{k: v for k, v in item.items() if k != "reversed"} for item in definition["items"]]
    mirrored = {
        item["key"]: lowest + highest - value if item.get("reversed") and value is not None else value
        for item, value in ((item, answers[item["key"]]) for item in definition["items"])
    }

    assert score(definition | {"items": items}, mirrored) == score(definition, answers)


@SLOWLY
@given(st.data())
def test_all_answered_alike_prorating_changes_nothing(data):
    """Whoever answers everything alike gets the same sum, however many of the nine were left out."""
    value, left_out = data.draw(st.integers(0, 3)), data.draw(st.sets(st.integers(1, 8), max_size=2))
    answers = numbered(*[None if k in left_out else value for k in range(1, 10)])

    assert math.isclose(points(PHQ, answers), 9 * value)
