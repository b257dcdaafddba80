"""How much memory a fit of the application takes.

    python -m alliance_match.embedded run --scratch -- python -m benchmarks.fit_memory [RATINGS]

A clinic with so many rated pairs in a scratch database, and a process that does nothing but fit it: with each
training row made anew, then from stored ones. Ends with 1 where it grew by more than the limit.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import django

from benchmarks.memory import peak

RATINGS, THERAPISTS, LIMIT = 100_000, 200, 400.0  # MB
FITS = ("first", "nightly")


def fits_measure() -> None:
    """Fit twice; print by how many MB the process grew, and the seconds, of each."""
    from alliance_match.accounts.models import Clinic  # noqa: PLC0415  # models need Django
    from alliance_match.audit.actors import SystemActor  # noqa: PLC0415
    from alliance_match.matching.services.fit_transactions import fit_and_save  # noqa: PLC0415

    clinic, before = Clinic.objects.get(), resident()
    for _ in FITS:
        began = time.perf_counter()
        fit_and_save(clinic=clinic, by=SystemActor.COMMAND)
        print(round(peak() * 2**10 - before), round(time.perf_counter() - began), flush=True)


def resident() -> float:
    """What this process holds now, MB."""
    with Path("/proc/self/statm").open(encoding="ascii") as pages:
        return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> int:
    """Make the clinic, let a process of its own fit it; 1 where the limit is exceeded."""
    from benchmarks.large_clinic import rated_clinic  # noqa: PLC0415

    ratings = int(sys.argv[1]) if len(sys.argv) > 1 else RATINGS
    rated_clinic(THERAPISTS, ratings)
    command = [sys.executable, "-m", "benchmarks.fit_memory", "measure"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    grown = []
    for fit, line in zip(FITS, found, strict=True):
        megabytes, seconds = line.split()
        grown.append(float(megabytes))
        print(f"{ratings:,} training rows, {fit} fit: grown by {megabytes} MB (≤ {LIMIT:g}), {seconds} s")
    return int(max(grown) > LIMIT)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_match.settings")
    django.setup()
    if sys.argv[1:] == ["measure"]:
        fits_measure()
    else:
        sys.exit(main())
