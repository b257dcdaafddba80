"""Where a few values in a row are going; pure, no words."""

from collections.abc import Sequence
from enum import Enum, auto
from math import sqrt
from statistics import linear_regression

NEEDED = 4
# Nobody answers finer than this on 0–100, however alike their answers are.
FINEST = 5.0


class Tendency(Enum):
    """What can honestly be said of a course."""

    TOO_FEW = auto()
    STEADY = auto()
    RISING = auto()
    FALLING = auto()


def tendency(values: Sequence[float]) -> Tendency:
    """Whether a straight line through the values goes up or down by more than twice its standard error.

    The error comes from the values' own spread about the line: whose answers go up and down a lot needs a
    longer way in one direction until that is called one.
    """
    n = len(values)
    if n < NEEDED:
        return Tendency.TOO_FEW
    slope, level = linear_regression(range(n), values)
    residual = sum((value - level - slope * k) ** 2 for k, value in enumerate(values)) / (n - 2)
    spread = max(sqrt(residual), FINEST)
    error = spread / sqrt(n * (n * n - 1) / 12)
    if abs(slope) <= 2 * error:
        return Tendency.STEADY
    return Tendency.RISING if slope > 0 else Tendency.FALLING
