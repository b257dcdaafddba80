"""Every scenario with every seed, and the naive designs that make one fail: what `make chaos` writes down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.load.faults import FAULTS
from benchmarks.load.happen import HEADER, ScenarioResult, happen
from benchmarks.load.processes import Servers
from benchmarks.load.scenarios import SCENARIOS
from benchmarks.report import Report


@dataclass(frozen=True)
class Plan:
    """What is to happen. `short`, `full`: each scenario as little, or as much, as there is of it; else the
    first seed in full, and the others short."""

    seeds: Sequence[int]
    scenarios: Sequence[str]
    naive: bool = False
    ours: bool = True
    short: bool = False
    full: bool = False

    def is_short(self, seed: int) -> bool:
        """Whether as little as shows the same is enough with this seed."""
        return self.short or not (self.full or seed == self.seeds[0])


def results(servers: Servers, plan: Plan) -> list[ScenarioResult]:
    """Let it all happen, and print a row for each."""
    print(f"| {' | '.join(HEADER)} |\n|{'---|' * len(HEADER)}", flush=True)
    found = [
        happen(servers, name, seed, short=plan.is_short(seed))
        for seed in (plan.seeds if plan.ours else ())
        for name in plan.scenarios
    ]
    return found + [
        happen(servers, fault.scenario, seed, short=True, fault=label)
        for seed in (plan.seeds if not plan.ours else plan.seeds[:1] if plan.naive else ())
        for label, fault in FAULTS.items()
        if fault.scenario in plan.scenarios
    ]


def tell(report: Report, plan: Plan, found: Sequence[ScenarioResult]) -> None:
    """Scenarios by seeds, the naive designs, and what was found in each."""
    ours, naive = ([one for one in found if bool(one.fault) == planted] for planted in (False, True))
    report.say("## Scenarios by seeds")
    lengths = ", ".join(f"{seed} {'short' if plan.is_short(seed) else 'in full'}" for seed in plan.seeds)
    report.say(f"Seeds: {lengths}. Seconds in brackets.")
    by_seed = {(one.scenario, one.seed): one for one in ours}
    rows = [
        [f"{name} {_title(name)}", *(_cell(by_seed.get((name, seed))) for seed in plan.seeds)]
        for name in plan.scenarios
    ]
    report.table(["scenario", *(str(seed) for seed in plan.seeds)], rows)
    if naive:
        report.say("## Naive designs, which must not pass")
        told = ([one.fault, one.scenario, "passes: **wrong**" if one.passed else "fails"] for one in naive)
        report.table(["design", "scenario", "verdict"], list(told))
    report.say("## What was found")
    report.table(HEADER, [one.row for one in found])
    wrong = sum(not one.as_expected for one in found)
    report.say(f"{len(found) - wrong} as they should be, {wrong} not.")


def _title(name: str) -> str:
    """The first sentence of what a scenario says of itself, without its number."""
    said = (SCENARIOS[name].__doc__ or "").splitlines()[0]
    return said.partition(": ")[2].rstrip(".").split(":")[0]


def _cell(result: ScenarioResult | None) -> str:
    if result is None:
        return "—"
    return f"{'passed' if result.passed else '**failed**'} ({result.seconds:.0f})"


def seeds_of(said: Iterable[str]) -> list[int]:
    """The numbers of "1-5" or "1 3 7". Raises ValueError."""
    found: list[int] = []
    for one in said:
        first, _, last = one.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found
