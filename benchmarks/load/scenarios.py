"""What may happen to a site, and what must hold nevertheless: rows R1 to R9 and R11 of the design."""

from collections.abc import Callable

from benchmarks.load import hard_ratings, outages, repairs
from benchmarks.load.scene import Scene

SCENARIOS: dict[str, Callable[[Scene], None]] = {
    "R1": outages.worker_killed,
    "R2": outages.broker_lost,
    "R3": outages.broker_frozen,
    "R4": outages.database_crashes,
    "R5": hard_ratings.everything_again,
    "R6": hard_ratings.one_therapist_rated,
    "R7": hard_ratings.poisoned,
    "R8": repairs.corrupted,
    "R9": outages.worker_off,
    "R11": repairs.backed_up,
}
