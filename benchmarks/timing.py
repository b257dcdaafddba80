"""Times of several ways to do the same, taken in turn so that a busy moment hits all of them."""

import time
from collections.abc import Callable, Mapping
from statistics import median

# A run returns the seconds that count: some, like a fit in R, take their own time.
Run = Callable[[], float]

MICROSECOND, MILLISECOND = 1e-6, 1e-3


def clocked(work: Callable[[], object]) -> Run:
    """A run whose whole duration counts."""

    def run() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return run


def interleaved(runs: Mapping[str, Run], times: int, once: float = float("inf")) -> dict[str, float]:
    """Median seconds by name, over rounds in which each runs once. The first round of each is not counted.

    What takes longer than `once` seconds in that first round is not run again: one run is its figure.
    """
    first = {name: run() for name, run in runs.items()}
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(times):
        for name, run in runs.items():
            if first[name] <= once:
                found[name].append(run())
    return {name: median(seconds or [first[name]]) for name, seconds in found.items()}


def spoken(seconds: float) -> str:
    """A duration in its unit."""
    if seconds < MILLISECOND:
        return f"{seconds / MICROSECOND:.0f} µs"
    return f"{seconds / MILLISECOND:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
