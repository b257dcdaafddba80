"""Central intervals of the normal distribution."""

import scipy


def normal_reach(level: float) -> float:
    """Standard deviations to either side of the mean that hold the level's share of a normal curve."""
    return float(scipy.special.ndtri((1 + level) / 2))
