"""Numbers become places."""

from types import SimpleNamespace as Row

import pytest

from alliance_match.pages import plots


def estimate(mean=7.0, low50=3.0, high50=11.0, low80=-1.0, high80=15.0):
    return Row(mean=mean, low50=low50, high50=high50, low80=low80, high80=high80)


def release(value, low, high, label="spring"):
    return Row(label=label, value=value, low=low, high=high)


class TestAxis:
    @pytest.mark.parametrize(("value", "place"), [(-20, 0.0), (0, 50.0), (5, 62.5), (20, 100.0)])
    def test_puts_a_value_at_its_share_of_the_width(self, value, place):
        assert plots.centred_axis(20).at(value) == place

    @pytest.mark.parametrize(("value", "place"), [(-999, 0.0), (21, 100.0), (float("inf"), 100.0)])
    def test_clamps_what_lies_beyond(self, value, place):
        assert plots.centred_axis(20).at(value) == place

    def test_puts_everything_in_the_middle_where_it_has_no_width(self):
        assert plots.centred_axis(0).at(3) == 50.0

    def test_counts_downwards_when_upright(self):
        up = plots.vertical_axis(0, 10)
        assert up.at(10) < up.at(0)


class TestFitTrack:
    def test_has_dot_and_both_ranges_on_the_shared_axis(self):
        bar = plots.fit_track(estimate(), 20)
        assert bar == plots.Bar(dot="67.5%", narrow=("57.5%", "77.5%"), wide=("47.5%", "87.5%"))

    def test_stays_on_the_axis_however_wide_the_range(self):
        bar = plots.fit_track(estimate(low80=-60, high80=60), 20)
        assert bar.wide == ("0.0%", "100.0%")

    def test_keeps_the_dot_within_its_ranges(self):
        bar = plots.fit_track(estimate(), 20)
        places = [bar.wide[0], bar.narrow[0], bar.dot, bar.narrow[1], bar.wide[1]]
        assert places == sorted(places, key=lambda place: float(place.rstrip("%")))


class TestPushes:
    def test_goes_right_for_and_left_against(self):
        right, left = plots.push_end(4, 4), plots.push_end(-2, 4)
        assert (right, left) == ("94.0%", "28.0%")

    def test_shares_the_scale_of_the_widest_part_of_any_card(self):
        cards = [
            Row(reasons=[Row(points=3.0), Row(points=1.0)], caveat=Row(points=-5.0)),
            Row(reasons=[Row(points=4.0)], caveat=None),
        ]
        assert plots.widest_push(cards) == 5.0

    @pytest.mark.parametrize(
        "cards", [[], [Row(reasons=[], caveat=None)], [Row(reasons=[Row(points=0.0)], caveat=None)]]
    )
    def test_has_a_scale_where_nothing_pushes(self, cards):
        assert plots.widest_push(cards) == 1.0


class TestTenDots:
    def test_is_full_as_far_as_sure_and_half_as_far_as_may_be(self):
        kinds = [kind for _, kind in plots.ten_dots(6, 8)]
        assert kinds == ["full"] * 6 + ["half"] * 2 + ["empty"] * 2

    @pytest.mark.parametrize(("low", "high"), [(0, 10), (0, 0), (10, 10), (-3, 14)])
    def test_is_always_ten(self, low, high):
        assert len(plots.ten_dots(low, high)) == 10

    def test_spreads_over_the_whole_width(self):
        places = [place for place, _ in plots.ten_dots(0, 0)]
        assert (places[0], places[-1]) == ("5%", "95%")


class TestTrend:
    def test_draws_the_oldest_left_and_higher_values_higher(self):
        first, last = plots.trend([release(5, 4, 6), release(8, 7, 9)], 0, 10).dots
        assert (first.x, last.x) == ("2.0%", "98.0%")
        assert float(last.y.rstrip("%")) < float(first.y.rstrip("%"))

    def test_closes_the_band_above_there_and_below_back(self):
        drawn = plots.trend([release(5, 4, 6), release(8, 7, 9)], 0, 10)
        assert [point.split(",")[0] for point in drawn.band.split()] == ["2.0", "98.0", "98.0", "2.0"]

    def test_puts_a_single_release_in_the_middle(self):
        (dot,) = plots.trend([release(7, 6, 8)], 0, 10).dots
        assert (dot.x, dot.anchor, dot.named) == ("50.0%", "middle", True)

    def test_names_only_the_first_and_the_last(self):
        dots = plots.trend([release(5, 4, 6)] * 4, 0, 10).dots
        assert [dot.named for dot in dots] == [True, False, False, True]

    def test_draws_nothing_from_nothing(self):
        assert plots.trend([], 0, 10) == plots.Trend([], "", "")


class TestCalibration:
    def test_lies_on_the_diagonal_where_the_prediction_came_true(self):
        (drawn,) = plots.calibration([Row(predicted=75, observed=75, low=70, high=80)], 50, 100)
        assert (drawn.across, drawn.up) == ("50.0%", "50.0%")

    def test_lies_above_it_where_more_was_observed(self):
        (drawn,) = plots.calibration([Row(predicted=75, observed=90, low=85, high=95)], 50, 100)
        assert float(drawn.up.rstrip("%")) < 50


class TestLengths:
    def amount(self, points, low, high):
        return Row(points=points, low=low, high=high)

    def test_begin_at_nothing_and_share_one_axis(self):
        wide, narrow = plots.amount_lengths([self.amount(6, 4, 8), self.amount(0, 0, 2)])
        assert (wide.low, wide.end, wide.high) == ("49.5%", "74.25%", "99.0%")
        assert (narrow.low, narrow.end, narrow.high) == ("0.0%", "0.0%", "24.75%")

    def test_of_nothing_have_no_length(self):
        assert plots.amount_lengths([self.amount(0, 0, 0)])[0].end == "0.0%"
        assert plots.amount_lengths([]) == []
