"""Peak memory of a fit with 100,000 therapists, in a process: `python -m benchmarks.memory SECONDS`."""

import os
import resource
import subprocess
import sys
import threading
import time

from alliance_match.prediction import WorldControl, fit, forecast, simulate
from benchmarks.report import Report

# Two ratings a therapist; a client in twenty rates twice, as in every other world.
MANY = WorldControl(ratings=200_000, therapists=100_000, new_clients=10)


def of_many_therapists(report: Report, patience: int) -> None:
    """Fit and forecast in a process that gives up after `patience` seconds."""
    command = [sys.executable, "-m", "benchmarks.memory", str(patience)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    what = f"{MANY.therapists:,} therapists, {MANY.ratings:,} ratings"
    words = done.stdout.split() or ["nan", "nan"]
    gib, seconds = float(words[0]), float(words[1])
    if done.returncode:
        report.say(f"{what}: not finished after {seconds:.0f} s, with {gib:.2f} GiB by then.")
        gib = float("nan")
    else:
        report.say(f"{what}: fit and forecast of ten clients in {seconds:.0f} s, peak {gib:.2f} GiB.")
    report.gate("peak memory of 100,000 therapists, GiB", gib)


def peak() -> float:
    """The most memory this process has held, GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    """Print peak GiB and seconds; exit 1 when out of patience."""
    started = time.perf_counter()

    def give_up() -> None:
        print(peak(), time.perf_counter() - started, flush=True)
        os._exit(1)

    timer = threading.Timer(float(sys.argv[1]), give_up)
    timer.daemon = True
    timer.start()
    world = simulate(MANY, 1)
    _ = forecast(fit(world.table), world.candidates).mean
    print(peak(), time.perf_counter() - started)


if __name__ == "__main__":
    main()
