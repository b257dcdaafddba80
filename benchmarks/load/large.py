"""The largest clinic there may be: from an import to suggestions, a publication, and its pages."""

import time
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from benchmarks.gates import Gate
from benchmarks.load import product
from benchmarks.load.clinic import LoadClinic, Size, clinic_make
from benchmarks.load.measures import PATHS, SOURCE, verdict
from benchmarks.load.processes import Servers
from benchmarks.load.scene import Scene, scene
from benchmarks.load.traffic import Call, make_call
from benchmarks.report import Report

FIRST, PUBLICATION = Gate(high=300.0, source=SOURCE), Gate(high=60.0, source=SOURCE)
PAGE, WAITING = Gate(high=500.0, source=SOURCE), Gate(high=1.0, source=SOURCE)
PATIENCE, VISITS = 3600.0, 100


@dataclass(frozen=True)
class LargeSize:
    """How many there are; a quarter of the clients is searching, the others rated therapists before."""

    therapists: int
    clients: int
    ratings: int

    @property
    def clinic(self) -> Size:
        """As a clinic to make."""
        searching = self.clients // 4
        past = self.clients - searching
        each = -(-self.ratings // past)
        return Size(self.therapists, searching, searching, past, past_ratings=each, fitted=False)


FULL, QUICK = LargeSize(2000, 20_000, 200_000), LargeSize(60, 800, 3000)


def large(report: Report, servers: Servers, size: LargeSize) -> None:
    """Import, wait for suggestions, publish, and look at pages."""
    with scene(servers, "large", 1, short=False) as set_up:
        with transaction.atomic():  # as an import is
            made = clinic_make(size.clinic, set_up.draw)
        waiting = product.pending(made.clinic) / (size.therapists + size.clients)
        rows = [["rows pending for each person of an import", f"{waiting:.2f}", *verdict(WAITING, waiting)]]
        rows += _suggestions(set_up, made) + _publication(set_up, made) + _pages(set_up, made)
    report.say("## A large clinic")
    report.say(
        f"{size.therapists} therapists, {size.clients} clients ({size.clinic.searching} searching), "
        f"{size.ratings} ratings, imported at once; {VISITS} visits of each page when nothing is pending."
    )
    report.table(["", "measured", "to reach", "verdict"], rows)


def _suggestions(set_up: Scene, made: LoadClinic) -> list[list[str]]:
    began = time.monotonic()
    product.notify()
    set_up.wait(lambda: product.lists(made.clinic) > 0, "first suggestions", PATIENCE)
    first = time.monotonic() - began
    set_up.wait(lambda: set_up.pending(made) == 0, "nothing pending", PATIENCE)
    everybody = time.monotonic() - began
    return [
        ["first suggestions after it, s", f"{first:.0f}", *verdict(FIRST, first)],
        ["everybody's, s", f"{everybody:.0f}", "", ""],
    ]


def _publication(set_up: Scene, made: LoadClinic) -> list[list[str]]:
    began = time.monotonic()
    product.publish_now(made.clinic)
    itself = time.monotonic() - began
    product.notify()
    set_up.wait(lambda: set_up.pending(made) == 0, "nothing pending", PATIENCE)
    taken = time.monotonic() - began
    return [
        ["publication with everybody's lists, s", f"{taken:.0f}", *verdict(PUBLICATION, taken)],
        ["of that, the publication itself, s", f"{itself:.1f}", "", ""],
        ["longest step of the worker, s", f"{product.slowest_step(made.clinic):.1f}", "", ""],
    ]


def _pages(set_up: Scene, made: LoadClinic) -> list[list[str]]:
    rows = []
    for name, path in PATHS.items():
        taken = []
        for k in range(VISITS):
            cookie = made.admin if name == "roster" else made.raters[k % len(made.raters)].cookie
            taken.append(make_call(set_up.site.port, Call(0, cookie, path, name), time.time()).seconds)
        late = 1000 * float(np.quantile(taken, 0.99))
        rows.append([f"{name}, p99 in ms", f"{late:.0f}", *verdict(PAGE, late)])
    return rows
