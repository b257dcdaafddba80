"""How much is measured: `make bench` or `make bench-quick`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Worlds for each point of the curve, null worlds, timed rounds, whether the long work is done too, the
    seconds after which 100,000 therapists are given up, and clinics attacked of each size."""

    seeds: int
    null_worlds: int
    rounds: int
    long: bool
    patience: int
    attacks: int


FULL = Effort(seeds=11, null_worlds=40, rounds=5, long=True, patience=300, attacks=100)
QUICK = Effort(seeds=9, null_worlds=20, rounds=5, long=False, patience=60, attacks=16)
