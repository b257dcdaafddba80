"""Exact counts go in, nothing exact comes out. Knows no Django.

A share is never computed from a count but from the *cell* the count falls into, three or more counts wide: a
small change at one client leaves the figure as it was, except at the border of a cell. The exact beta
interval alone would not do: rounded to tenths, its three numbers still give the count away below 40 clients.
"""

from dataclasses import dataclass
from math import ceil, floor

import scipy

FIRST, NEW = 10, 5
CELL = 3
PRIOR_CLIENTS = 10
LEVEL = 0.8
STEP = 0.5
EVEN = 0.5


@dataclass(frozen=True)
class Share:
    """A share in tenths with its 80 % interval, rounded outwards."""

    low: int
    share: int
    high: int


def count_range(count: int, of: int) -> tuple[int, int]:
    """The least and the greatest count that cannot be distinguished from this one: 0…of in even cells."""
    cells = max((of + 1) // CELL, 1)
    at = count * cells // (of + 1)
    return -(-at * (of + 1) // cells), -(-(at + 1) * (of + 1) // cells) - 1


def blurred_count(count: int, of: int) -> float:
    """The middle of a count's cell."""
    return sum(count_range(count, of)) / 2


def prior_share(count: int, of: int) -> float:
    """The share to shrink towards, in tenths between 1 and 9; a half where too few stand behind it."""
    if of < FIRST:
        return EVEN
    return min(max(round(10 * blurred_count(count, of) / of), 1), 9) / 10


def established_share(count: int, of: int, prior: float) -> Share:
    """The share of clients with a bond, shrunk towards `prior` as if ten more clients had said it."""
    yes = PRIOR_CLIENTS * prior + blurred_count(count, of)
    belief = scipy.stats.beta(yes, PRIOR_CLIENTS + of - yes)
    low, high = belief.interval(LEVEL)
    return Share(floor(10 * low), round(10 * yes / (PRIOR_CLIENTS + of)), ceil(10 * high))


def answered_of_ten(count: int, of: int) -> int | None:
    """How many in ten answered; None where fewer than ten could have."""
    return round(10 * blurred_count(count, of) / of) if of >= FIRST else None


def down_to_five(count: int) -> int:
    """5, 10, 15, …; 0 stands for fewer than five."""
    return count - count % 5


def points_rounded_outwards(low: float, mean: float, high: float) -> tuple[float, float, float]:
    """An estimate to half a point, its interval rounded outwards."""
    return floor(low / STEP) * STEP, round(mean / STEP) * STEP, ceil(high / STEP) * STEP
