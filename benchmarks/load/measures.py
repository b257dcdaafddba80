"""What the site does under load: beside plain views, how late ratings count, and where it is saturated."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from statistics import median

import numpy as np

from benchmarks.gates import Gate
from benchmarks.load.clinic import LoadClinic, Rater, Size
from benchmarks.load.journal import Journal, Sent
from benchmarks.load.processes import NotReadyError, Servers, Site, wait_until
from benchmarks.load.scene import Scene, scene
from benchmarks.load.traffic import Call, Traffic, arrivals, make_call
from benchmarks.report import Report

SOURCE = "issue 15"
RATIOS = {
    "submit": Gate(low=0.6, source=SOURCE),
    "suggestions": Gate(low=0.5, source=SOURCE),
    "browse": Gate(low=0.3, source=SOURCE),
    "roster": Gate(low=0.5, source=SOURCE),
}
PATHS = {"suggestions": "/suggestions/", "browse": "/browse/?sort=suggested", "roster": "/roster/"}
LAG, SATURATION = Gate(high=10.0, source=SOURCE), Gate(low=60.0, source=SOURCE)
CALM = 0.4  # seconds within which all but one request in a hundred must be answered
SLOWEST = 2.0  # seconds of that one at which no higher rate is tried
MIX = {"suggestions": 0.55, "browse": 0.15, "roster": 0.05}  # the rest are check-ins


@dataclass(frozen=True)
class Effort:
    """How much to measure: rounds of the comparison, seconds at a rate, rates (1/s) and searching clients."""

    rounds: int
    seconds: float
    rates: tuple[int, ...]
    searching: tuple[int, ...]
    steps: tuple[int, ...]


FULL = Effort(200, 45, (1, 5, 20), (100, 1000), (5, 10, 15, 20, 30, 40, 50, 60, 80))
QUICK = Effort(40, 15, (1, 5, 20), (100,), (5, 10, 20, 30, 45, 60))


def beside_plain_views(report: Report, servers: Servers, effort: Effort) -> None:
    """One request after the other, ours and the plain one in turn, in one run."""
    size = Size(therapists=50, searching=100, raters=100, sessions=6, past=200)
    rows = []
    with scene(servers, "plain", 1, short=True) as set_up, plain_site(set_up.site) as plain:
        made = set_up.clinic(size)
        for name, gate in RATIOS.items():
            ours, theirs = _in_turn(set_up.site.port, plain, name, made, effort.rounds)
            ratio = theirs / ours
            rows.append(
                [name, f"{1000 * ours:.1f}", f"{1000 * theirs:.1f}", f"{ratio:.2f}", *verdict(gate, ratio)]
            )
    report.say("## Beside plain views")
    report.say(
        f"{size.therapists} therapists, {size.searching} searching clients, worker running; median of "
        f"{effort.rounds} requests of each, in turn. The ratio is that of what either does in a second."
    )
    report.table(["page", "ours, ms", "plain, ms", "ratio", "to reach", "verdict"], rows)


@contextmanager
def plain_site(site: Site) -> Iterator[int]:
    """The port of the plain views on the same database, with as many processes and threads."""
    plain = Site(site.environment, site.logs / "plain", wsgi="benchmarks.load.plain_views")
    try:
        plain.web.start()
        wait_until(lambda: plain.health() is not None, f"the plain views ({plain.web.log})")
        yield plain.port
    finally:
        plain.web.stop()
        plain.listener.close()


def _in_turn(ours: int, plain: int, name: str, made: LoadClinic, rounds: int) -> tuple[float, float]:
    """Median seconds of ours and of the plain view; the first five of each are not counted."""
    taken: dict[int, list[float]] = {ours: [], plain: []}
    fresh = iter([(rater, session) for rater in made.raters for session in rater.sessions])
    for k in range(rounds + 5):
        for port, times in taken.items():
            visitor = next(fresh) if name == "submit" else (made.raters[k % 50], 0)
            sent = _one(port, name, made, *visitor)
            if sent.status not in (200, 201, 302):
                raise NotReadyError(f"{name} answered {sent.status}")
            times.append(sent.seconds)
    return median(taken[ours][5:]), median(taken[plain][5:])


def _one(port: int, name: str, made: LoadClinic, rater: Rater, session: int = 0) -> Sent:
    cookie = made.admin if name == "roster" else rater.cookie
    if session:
        return make_call(port, Call.check_in(0, cookie, session, 1 + session % 9), time.time())
    return make_call(port, Call(0, cookie, PATHS[name], name), time.time())


def lags(report: Report, servers: Servers, effort: Effort) -> None:
    """How long after its acknowledgement a rating counts and the rater's own list is renewed."""
    rows = []
    for searching in effort.searching:
        for rate in effort.rates:
            rows.append([str(searching), str(rate), *_lag_row(servers, searching, rate, effort.seconds)])
    report.say("## From a rating to one's own list")
    report.say(
        f"50 therapists, {effort.seconds:g} s of check-ins by searching clients at a given rate; each "
        "then waits for their own list."
    )
    header = [
        "searching",
        "ratings / s",
        "submit p50, ms",
        "submit p99, ms",
        "lag p50, s",
        "lag p99, s",
        "to reach",
        "verdict",
    ]
    report.table(header, rows)


def _lag_row(servers: Servers, searching: int, rate: int, seconds: float) -> list[str]:
    count = int(rate * seconds)
    sessions = -(-count // searching)
    size = Size(therapists=50, searching=searching, raters=searching, sessions=sessions, past=200)
    with scene(servers, "lag", rate, short=True) as set_up:
        made = set_up.clinic(size)
        with set_up.traffic(set_up.check_ins(made, rate, count)) as (traffic, lag):
            with suppress(NotReadyError):
                patience = 2 * seconds + 60
                set_up.wait(lambda: traffic.answered and not lag.waiting, "every rating counts", patience)
            late = [lag.quantile(share) for share in (0.5, 0.99)]
        fast = [f"{1000 * set_up.journal.quantile(share):.0f}" for share in (0.5, 0.99)]
    return [*fast, f"{late[0]:.1f}", f"{late[1]:.1f}", *verdict(LAG, late[1])]


def saturation(report: Report, servers: Servers, effort: Effort) -> None:
    """Mixed requests at higher and higher rates, until one in a hundred takes far too long."""
    rows, reached = [], 0
    with scene(servers, "mixed", 1, short=True) as set_up:
        made = set_up.clinic(Size(therapists=50, searching=100, raters=300, sessions=6, past=200))
        fresh = iter([(rater.cookie, session) for rater in made.raters for session in rater.sessions])
        for rate in effort.steps:
            journal = Journal()
            calls = _mixed(set_up, made, rate, effort.seconds / 1.5, fresh)
            with Traffic(set_up.site.port, calls, journal):
                pass
            late, errors = journal.quantile(0.99), journal.server_errors()
            rows.append([str(rate), f"{1000 * journal.quantile(0.5):.0f}", f"{1000 * late:.0f}", str(errors)])
            if late <= CALM and not errors:
                reached = rate
            if late > SLOWEST or errors:
                break
    report.say("## Mixed load")
    report.say(
        f"{', '.join(f'{share:.0%} {name}' for name, share in MIX.items())}, the rest check-ins; "
        f"{effort.seconds / 1.5:.0f} s at each rate, worker running; until the p99 is above {SLOWEST:g} s."
    )
    report.table(["requests / s", "p50, ms", "p99, ms", "5xx"], rows)
    to_reach, said = verdict(SATURATION, reached)
    report.say(f"{reached:g} requests a second within {1000 * CALM:.0f} ms; to reach {to_reach}: {said}.")


def _mixed(
    set_up: Scene, made: LoadClinic, rate: int, seconds: float, fresh: Iterator[tuple[str, int]]
) -> list[Call]:
    kinds = set_up.draw.choice(
        [*MIX, "submit"], int(rate * seconds), p=[*MIX.values(), 1 - sum(MIX.values())]
    )
    calls = []
    for at, kind in zip(arrivals(rate, len(kinds), set_up.draw), kinds.tolist(), strict=True):
        cookie = made.admin if kind == "roster" else made.raters[int(set_up.draw.integers(100))].cookie
        if kind == "submit":
            cookie, session = next(fresh)
            calls.append(Call.check_in(at, cookie, session, int(set_up.draw.integers(0, 11))))
        else:
            calls.append(Call(at, cookie, PATHS[kind], kind))
    return calls


def verdict(gate: Gate, measured: float) -> tuple[str, str]:
    """What was to be reached, and whether it was, as two cells of a table."""
    missed = "**missed**" if np.isfinite(measured) else "not measured"
    return str(gate), "met" if gate.met(measured) else missed
