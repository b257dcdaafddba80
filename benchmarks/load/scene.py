"""What a scenario is given: a site to hurt, clients to send with, and a place for what it finds."""

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import numpy as np
from django.db import connection
from django.db.utils import DatabaseError
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from alliance_match.celery import app
from benchmarks.load import product
from benchmarks.load.clinic import LoadClinic, Size, clinic_make
from benchmarks.load.faults import Fault
from benchmarks.load.journal import Journal
from benchmarks.load.lag import LagWatch
from benchmarks.load.processes import Servers, Site, wait_until
from benchmarks.load.traffic import Call, Traffic, arrivals
from benchmarks.load.verify import Base, verify

STORED_ANSWERS = """
    SELECT s.id AS session, count(*) AS times, max((p.answers ->> 'item_1')::int) AS answer
    FROM clients_session s JOIN surveys_response p ON p.session_id = s.id
    JOIN surveys_alliancerating r ON r.response_id = p.id
    WHERE s.id = ANY(%s) GROUP BY s.id
"""


@dataclass
class Findings:
    """What a scenario found: sentences, each with whether it passes."""

    checks: list[tuple[bool, str]] = field(default_factory=list)

    def check(self, passed: bool, said: str) -> None:
        """Note one condition."""
        self.checks.append((bool(passed), said))

    def at_most(self, measured: float, limit: float, what: str) -> None:
        """Note a figure with its limit; what is no number does not pass."""
        self.check(measured <= limit, f"{what} {measured:.3g} (≤ {limit:g})")

    @property
    def passed(self) -> bool:
        """Whether every condition holds, of which there is one at least."""
        return bool(self.checks) and all(passed for passed, _ in self.checks)

    def __str__(self) -> str:
        return "; ".join(said if passed else f"**{said}**" for passed, said in self.checks)


@dataclass
class Scene:
    """A site on a fresh database. `short`: as little as shows the same."""

    servers: Servers
    site: Site
    base: Base
    draw: np.random.Generator
    short: bool
    notify_first: bool = False
    journal: Journal = field(default_factory=Journal)
    found: Findings = field(default_factory=Findings)
    clinic_id: int = 0
    client_of: dict[int, int] = field(default_factory=dict)

    def either(self, long: float, short: float) -> float:
        """One of two figures."""
        return short if self.short else long

    def clinic(self, size: Size) -> LoadClinic:
        """A clinic, fitted and at rest."""
        made = clinic_make(size, self.draw)
        self.client_of = {session: rater.client for rater in made.raters for session in rater.sessions}
        self.clinic_id = made.clinic.pk
        product.notify()
        self.drained(made)
        return made

    def check_ins(self, made: LoadClinic, rate: float, count: int | None = None) -> list[Call]:
        """A check-in of each session to come, in random order, at this rate."""
        every = [(rater.cookie, session) for rater in made.raters for session in rater.sessions]
        chosen = self.draw.permutation(len(every))[:count]
        return [
            Call.check_in(at, every[k][0], every[k][1], int(self.draw.integers(0, 11)))
            for at, k in zip(arrivals(rate, len(chosen), self.draw), chosen, strict=True)
        ]

    @contextmanager
    def traffic(self, calls: Iterable[Call], writers: int = 64) -> Iterator[tuple[Traffic, LagWatch]]:
        """Clients at work, and somebody who watches how soon they are heard."""
        before = self._notify_first if self.notify_first else None
        with (
            LagWatch(self.base, self.journal) as lag,
            Traffic(self.site.port, calls, self.journal, writers=writers, before=before) as traffic,
        ):
            yield traffic, lag

    def drained(self, made: LoadClinic) -> float:
        """The seconds until nothing is pending."""
        return self.wait(lambda: self.pending(made) == 0, "nothing pending")

    def wait(self, condition: Callable[[], bool], what: str, seconds: float | None = None) -> float:
        """Wait for a condition, and meanwhile start again what has ended, as Docker does."""

        def holds() -> bool:
            self.site.revive()
            return condition()

        return wait_until(holds, what, seconds or self.either(180, 90))

    def pending(self, made: LoadClinic) -> int:
        """How much is pending, over a connection that a crash may have cut."""
        try:
            return product.pending(made.clinic)
        except DatabaseError:
            connection.close()
            return 1

    def sent_are_stored(self, sessions: Sequence[int] = ()) -> None:
        """Every check-in that was acknowledged is stored once, as it was sent last."""
        sent = self.journal.acknowledged()
        rows = {row["session"]: row for row in self.base.rows(STORED_ANSWERS, sorted(sent))}
        lost = sent.keys() - rows.keys()
        double = sum(row["times"] != 1 for row in rows.values())
        other = sum(rows[key]["answer"] != sent[key].answer for key in rows)
        said = f"{len(sent)} acknowledged, {len(lost)} lost, {double} double, {other} not the newest"
        self.found.check(not lost and not double and not other, said)

    def _notify_first(self, call: Call) -> None:
        """Send the message of a naive design; where the broker is away there is none."""
        with suppress(BrokerError, RedisError, OSError):
            app.send_task(
                "benchmarks.load.naive.learn", (self.clinic_id, self.client_of[call.session]), retry=False
            )

    def is_right(self, made: LoadClinic, lists: bool = True) -> None:
        """The oracle finds nothing."""
        verdict = verify(self.base, made, lists=lists)
        self.found.check(not verdict.faults, str(verdict))

    def no_server_error(self) -> None:
        """Nobody saw a 5xx, or no answer."""
        self.found.at_most(self.journal.server_errors(), 0, "5xx")


@contextmanager
def scene(
    servers: Servers, name: str, seed: int, *, short: bool, fault: Fault | None = None
) -> Iterator[Scene]:
    """A site of its own for one scenario, with a naive design in place of ours or none."""
    environment = servers.copy_database()
    url = environment["DATABASE_URL"]
    connection.close()
    connection.settings_dict["NAME"] = url.rsplit("/", 1)[1]
    base = Base(url)
    if fault:
        base.run(fault.sql)
    notify_first = fault is not None and fault.notify_first
    celery = "benchmarks.load.naive" if notify_first else "alliance_match.celery"
    draw = np.random.default_rng([seed, sum(map(ord, name))])
    try:
        with Site(environment, servers.directory / f"{name}-{servers.copies}", celery) as site:
            yield Scene(servers, site, base, draw, short, notify_first)
    finally:
        servers.valkey.signal(signal.SIGCONT)
        connection.close()
