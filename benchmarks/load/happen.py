"""One scenario from beginning to end, as a row of the table."""

import shutil
import time
from dataclasses import dataclass

from alliance_match.embedded import directories
from benchmarks.load.faults import FAULTS
from benchmarks.load.processes import NotReadyError, Servers
from benchmarks.load.scenarios import SCENARIOS
from benchmarks.load.scene import scene

HEADER = ("scenario", "seed", "s", "passed", "found")


@dataclass(frozen=True)
class ScenarioResult:
    """What came of a scenario, with a naive design planted (`fault`) or with ours."""

    scenario: str
    seed: int
    fault: str
    seconds: float
    passed: bool
    found: str

    @property
    def as_expected(self) -> bool:
        """Ours passes, a naive design does not."""
        return self.passed != bool(self.fault)

    @property
    def row(self) -> list[str]:
        """As the columns of HEADER."""
        label = f"{self.scenario}, {self.fault}" if self.fault else self.scenario
        passed = "yes" if self.passed else "no" if self.fault else "**no**"
        return [label, str(self.seed), f"{self.seconds:.0f}", passed, self.found]


def happen(servers: Servers, name: str, seed: int, *, short: bool, fault: str = "") -> ScenarioResult:
    """Let a scenario happen, and print its row. Where it does not pass its logs are kept."""
    began = time.monotonic()
    with scene(servers, name, seed, short=short, fault=FAULTS.get(fault)) as set_up:
        try:
            SCENARIOS[name](set_up)
        except NotReadyError as error:
            set_up.found.check(False, str(error))
        if not set_up.found.passed and not fault:
            kept = directories.data_directory() / "failed" / f"{name}-{seed}"
            shutil.copytree(set_up.site.logs, kept, dirs_exist_ok=True)
    result = ScenarioResult(
        name, seed, fault, time.monotonic() - began, set_up.found.passed, str(set_up.found)
    )
    print(f"| {' | '.join(result.row)} |", flush=True)
    return result
