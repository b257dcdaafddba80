"""Flags follow four rules, relative ones first; a worse answer never takes one away."""

from statistics import stdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from surveys.flags import ClinicNorm, FlagKind, FlagStrength, RatingToFlag, flags, has_low_item, is_unexpected

TOTALS = st.floats(0, 100, allow_nan=False)
CODES = st.sampled_from(["alliance-check", "wai-sr", "srs", "a-clinics-own"])
NORMS = st.builds(ClinicNorm, count=st.integers(0, 100), twentieth=TOTALS, sd=TOTALS)
RATED = st.builds(
    RatingToFlag,
    code=CODES,
    total=TOTALS,
    earlier=st.lists(TOTALS, max_size=6),
    low_item=st.booleans(),
    not_yet=st.booleans(),
    wants_to_talk=st.booleans(),
)


NO_NORM = ClinicNorm()


def found(norm=NO_NORM, code="alliance-check", total=80.0, **rated):
    return flags(RatingToFlag(code=code, total=total, **rated), norm)


@pytest.mark.parametrize(
    ("code", "total", "low"),
    [
        ("alliance-check", 60.0, False),
        ("alliance-check", 59.9, True),
        ("wai-sr", 56.25, False),
        ("wai-sr", 56.2, True),
        ("srs", 90.0, True),
        ("srs", 90.1, False),
        ("a-clinics-own", 0.0, False),
    ],
)
def test_with_few_ratings_to_compare_the_cut_off_is_fixed(code, total, low):
    norm = ClinicNorm(count=49, twentieth=70.0)

    assert (FlagKind.LOW in found(norm, code=code, total=total)) == low


@pytest.mark.parametrize(("total", "low"), [(69.9, True), (70.0, False), (59.0, True)])
def test_from_fifty_ratings_on_it_is_the_clinics_own(total, low):
    assert (FlagKind.LOW in found(ClinicNorm(count=50, twentieth=70.0), total=total)) == low


def test_a_clinic_whose_clients_rate_low_flags_fewer_than_the_fixed_cut_off():
    assert FlagKind.LOW not in found(ClinicNorm(count=50, twentieth=40.0), total=50.0)


@pytest.mark.parametrize(
    ("total", "strength"),
    [
        (80.0, None),
        (75.1, None),
        (75.0, FlagStrength.CHECK_IN),
        (70.1, 1),
        (70.0, FlagStrength.RUPTURE),
        (0.0, 2),
    ],
)
def test_a_drop_is_measured_in_half_the_clinics_spread(total, strength):
    assert found(ClinicNorm(sd=10.0), total=total, earlier=[80.0]).get(FlagKind.DROP) == strength


def test_a_drop_is_measured_in_ones_own_spread_where_that_is_wider():
    earlier = [40.0, 80.0, 60.0, 80.0]
    own = stdev(earlier)

    assert FlagKind.DROP not in found(ClinicNorm(sd=2.0), total=80 - own + 0.1, earlier=earlier)
    assert found(ClinicNorm(sd=2.0), total=80 - own, earlier=earlier)[FlagKind.DROP] == FlagStrength.CHECK_IN


def test_nothing_to_measure_by_is_no_drop():
    assert FlagKind.DROP not in found(ClinicNorm(sd=None), total=0.0, earlier=[80.0])
    assert FlagKind.DROP not in found(ClinicNorm(sd=0.0), total=0.0, earlier=[80.0, 80.0])
    assert FlagKind.DROP not in found(ClinicNorm(sd=10.0), total=0.0)


def test_words_flag_without_a_total():
    told = found(total=None, earlier=[80.0], low_item=True, not_yet=True, wants_to_talk=True)

    assert told == {FlagKind.TALK: 3, FlagKind.ITEM: 1, FlagKind.NOT_YET: 1}
    assert max(told, key=told.__getitem__) == FlagKind.TALK


@pytest.mark.parametrize(
    ("lowest", "highest", "answer", "turned", "low"),
    [
        (0, 10, 2, False, True),
        (0, 10, 3, False, False),
        (0, 10, 8, True, True),
        (0, 10, 7, True, False),
        (1, 5, 2, False, True),
        (1, 5, 3, False, False),
        (1, 5, 4, True, True),
        (0, 10, None, False, False),
        (0, 10, None, True, False),
    ],
)
def test_the_bottom_two_categories_are_low(lowest, highest, answer, turned, low):
    items = [{"key": "a"}, {"key": "b", "reversed": turned}]
    definition = {"scale": {"lowest": lowest, "highest": highest}, "items": items}
    middle = (lowest + highest) // 2

    assert has_low_item(definition, {"a": middle, "b": answer}) == low


def test_an_item_is_read_on_its_own_scale_and_an_unscored_one_not_at_all():
    items = [{"key": "a", "scale": {"lowest": 1, "highest": 5}}, {"key": "b", "scored": False}]
    definition = {"scale": {"lowest": 0, "highest": 10}, "items": items}

    assert not has_low_item(definition, {"a": 3, "b": 0})
    assert has_low_item(definition, {"a": 2, "b": 10})


def test_one_in_ten_predicted_ratings_would_be_unexpected():
    assert is_unexpected(57.1, 70.0, 10.0)
    assert not is_unexpected(57.2, 70.0, 10.0)


@given(RATED, NORMS, TOTALS)
def test_a_lower_total_never_takes_a_flag_away_or_makes_it_weaker(rated, norm, lower):
    assume(lower <= rated.total)
    before = flags(rated, norm)
    after = flags(RatingToFlag(**(vars(rated) | {"total": lower})), norm)

    assert all(after.get(kind, 0) >= strength for kind, strength in before.items())


@given(RATED, NORMS)
def test_what_is_said_in_words_flags_whatever_the_total_and_is_strongest(rated, norm):
    told = flags(rated, norm)

    assert (FlagKind.TALK in told) == rated.wants_to_talk
    assert (FlagKind.ITEM in told) == rated.low_item
    assert (FlagKind.NOT_YET in told) == rated.not_yet
    assert all(strength < FlagStrength.ASKED for kind, strength in told.items() if kind != FlagKind.TALK)


@given(TOTALS, TOTALS, TOTALS, st.floats(0.1, 50))
def test_a_lower_total_is_never_less_unexpected(total, lower, mean, sd):
    assume(lower <= total)

    assert is_unexpected(lower, mean, sd) >= is_unexpected(total, mean, sd)
