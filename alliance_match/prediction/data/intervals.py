"""Central intervals of the normal distribution."""

from scipy import special


def normal_reach(level: float) -> float:
    """Standard deviations to either side of the mean that hold the level's share of a normal curve."""
    return float(special.ndtri((1 + level) / 2))
