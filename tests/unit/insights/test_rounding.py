"""A figure …"""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from alliance_match.insights import rounding

SIZES = [10, 11, 12, 13, 14, 15, 20, 23, 40, 101]


@pytest.mark.parametrize("of", SIZES)
def test_it_distinguishes_no_three_neighbouring_counts(of):
    cells = [rounding.count_range(count, of) for count in range(of + 1)]
    assert all(low <= count <= high for count, (low, high) in enumerate(cells))
    assert all(high - low >= 2 for low, high in cells)
    assert sorted(count for low, high in set(cells) for count in range(low, high + 1)) == list(range(of + 1))


@pytest.mark.parametrize("of", SIZES)
def test_it_cannot_tell_that_all_or_none_said_yes(of):
    for prior in (0.1, 0.5, 0.7, 0.9):
        assert rounding.established_share(0, of, prior) == rounding.established_share(1, of, prior)
        assert rounding.established_share(of, of, prior) == rounding.established_share(of - 1, of, prior)


def test_it_leans_towards_the_prior_and_less_with_more_clients():
    few, many = rounding.established_share(10, 10, 0.5), rounding.established_share(100, 100, 0.5)
    assert (few.share, many.share) == (7, 9)
    assert many.high - many.low < few.high - few.low


def test_it_is_in_whole_tenths_within_its_interval():
    for count in range(31):
        share = rounding.established_share(count, 30, 0.7)
        assert 0 <= share.low <= share.share <= share.high <= 10
        assert all(isinstance(value, int) for value in (share.low, share.share, share.high))


@pytest.mark.parametrize("of", SIZES)
@pytest.mark.parametrize("usual", [0.5, 0.7, 0.8])
def test_it_holds_the_truth_at_least_eight_times_in_ten(of, usual):
    rng = np.random.default_rng(of)
    truth = rng.beta(10 * usual, 10 * (1 - usual), 4000)
    shown = [rounding.established_share(count, of, usual) for count in range(of + 1)]
    said = [shown[count] for count in rng.binomial(of, truth)]
    held = [one.low / 10 <= p <= one.high / 10 for one, p in zip(said, truth, strict=True)]
    assert np.mean(held) >= rounding.LEVEL


@pytest.mark.parametrize(
    ("count", "of", "shown"), [(9, 9, 0.5), (9, 10, 0.9), (0, 10, 0.2), (300, 300, 0.9), (0, 300, 0.1)]
)
def test_it_borrows_a_share_in_tenths_and_none_of_fewer_than_ten(count, of, shown):
    assert rounding.prior_share(count, of) == shown


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (4, 0), (5, 5), (9, 5), (38, 35)])
def test_it_is_rounded_down_to_five(count, shown):
    assert rounding.down_to_five(count) == shown


def test_it_says_no_answers_of_fewer_than_ten():
    assert rounding.answered_of_ten(9, 9) is None
    assert rounding.answered_of_ten(6, 10) == 6


@pytest.mark.parametrize(
    ("exact", "shown"), [((1.1, 4.2, 7.3), (1.0, 4.0, 7.5)), ((-5.01, -0.1, -0.2), (-5.5, 0.0, 0.0))]
)
def test_it_is_in_half_points_rounded_outwards(exact, shown):
    assert rounding.points_rounded_outwards(*exact) == shown


SHARES = (0.5, 0.6, 0.7, 0.8, 0.9)


def test_it_is_no_help_in_guessing_an_answer():
    """S10: 1,000 random histories against an attacker who knows who came when, how many clients said yes on
    average, and every rule; not the clinic's share, which no page of a therapist shows.

    Each release adds the fewest clients it may. A guess is the exact posterior probability of a yes, given
    all releases. Nobody's answer becomes certain, and the error is at least 0.85 × that without releases.
    """
    rng = np.random.default_rng(10)
    errors, blind = 0.0, 0.0
    for _ in range(1000):
        usual = float(rng.choice(SHARES))
        groups = [10] + [5] * int(rng.integers(0, 6))
        yes = rng.binomial(groups, usual)
        for size, count, chances in zip(groups, yes, guesses(groups, yes, usual), strict=True):
            assert max(chances[0], chances[-1]) < 1 - 1e-9
            guess = chances @ np.arange(size + 1) / size
            errors += count * (1 - guess) ** 2 + (size - count) * guess**2
            blind += count * (1 - usual) ** 2 + (size - count) * usual**2
    assert errors >= 0.85**2 * blind


def guesses(groups, yes, usual):
    """For each group the posterior of how many of it said yes, by summing over all histories."""
    totals = np.cumsum(groups).tolist()
    fits = [likelihood(shown(usual, n)[k], n) for k, n in zip(np.cumsum(yes).tolist(), totals, strict=True)]
    steps = [stats.binom(size, usual).pmf(np.arange(size + 1)) for size in groups]
    forward = [np.ones(1)]
    for step, fit in zip(steps, fits, strict=True):
        forward.append(np.convolve(forward[-1], step) * fit)
    backward, found = np.ones(totals[-1] + 1), []
    for step, fit, before in zip(steps[::-1], fits[::-1], forward[-2::-1], strict=True):
        after = backward * fit
        weight = step * [before @ after[k : k + len(before)] for k in range(len(step))]
        found.append(weight / weight.sum())
        backward = np.array([step @ after[k : k + len(step)] for k in range(len(before))])
    return found[::-1]


@cache
def shown(prior, of):
    """What is shown of each count."""
    return [rounding.established_share(count, of, prior) for count in range(of + 1)]


def likelihood(seen, of):
    """How often each count is shown like this, over the clinics' shares there may be."""
    return np.mean([[one == seen for one in shown(prior, of)] for prior in SHARES], axis=0)
