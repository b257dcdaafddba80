"""One scenario from beginning to end, as a row of the table."""

import shutil
import time

from alliance_match.embedded import directories
from benchmarks.load.faults import FAULTS
from benchmarks.load.processes import NotReadyError, Servers
from benchmarks.load.scenarios import SCENARIOS
from benchmarks.load.scene import scene


def happen(servers: Servers, name: str, seed: int, *, short: bool, fault: str = "") -> bool:
    """Let a scenario happen and print its row; whether it passed. Where not, its logs are kept."""
    began = time.monotonic()
    with scene(servers, name, seed, short=short, fault=FAULTS.get(fault)) as set_up:
        try:
            SCENARIOS[name](set_up)
        except NotReadyError as error:
            set_up.found.check(False, str(error))
        if not set_up.found.passed and not fault:
            kept = directories.data_directory() / "failed" / f"{name}-{seed}"
            shutil.copytree(set_up.site.logs, kept, dirs_exist_ok=True)
    passed = set_up.found.passed
    label = f"{name}, {fault}" if fault else name
    row = [label, str(seed), f"{time.monotonic() - began:.0f}", "yes" if passed else "**no**"]
    print(f"| {' | '.join([*row, str(set_up.found)])} |", flush=True)
    return passed
