"""How long a client's pages take in a large clinic, over HTTP.

    python -m alliance_match.embedded run --scratch -- python -m benchmarks.pages

A clinic of 500 therapists and 5,000 made-up clients in a scratch database, fitted; gunicorn as the image runs
it, with one process; one request after the other. Ends with 1 where one request in twenty takes longer than
the limit.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import django
import numpy as np

from benchmarks.machine import machine

ROUNDS, LIMIT = 200, 0.2  # requests a page; seconds for nineteen of twenty
PAGES = {
    "suggestions": "/suggestions/",
    "all suggestions": "/suggestions/?all=1",
    "browse": "/browse/?sort=suggested",
    "browse, filtered": "/browse/?sort=soonest&format=telehealth&concern=sleep&fee=90",
    "favourites": "/favourites/",
    "therapist": "/therapists/{therapist}/",
    "ask to meet": "/therapists/{therapist}/ask/",
}


@contextmanager
def site() -> Iterator[int]:
    """The port of the web server, while it runs."""
    command = [sys.executable, "-m", "gunicorn", "alliance_match.wsgi", "--workers", "1", "--threads", "4"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number, port = listener.fileno(), listener.getsockname()[1]
        server = subprocess.Popen(
            [*command, "--log-level", "error", "--bind", f"fd://{number}"], pass_fds=[number]
        )
        try:
            yield port
        finally:
            server.terminate()
            server.wait()


def _status(port: int, path: str, cookie: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(connection):
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        return answer.status


def seconds(port: int, path: str, cookies: list[str]) -> np.ndarray:
    """How long each of the requests takes, by one visitor after the other."""
    taken = []
    for k in range(-len(cookies), ROUNDS):  # first each visitor once, uncounted
        began = time.perf_counter()
        status = _status(port, path, cookies[k % len(cookies)])
        taken.append(time.perf_counter() - began)
        if status != 200:
            raise SystemExit(f"{path} answered {status}")
    return np.array(taken[len(cookies) :])


def main() -> int:
    """Measure and print; 1 where a page misses the limit."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "alliance_match.settings", "ALLIANCE_DEMO": "1"}
    os.environ.setdefault("SECRET_KEY", "of no use to anybody")
    django.setup()
    from benchmarks import large_clinic  # noqa: PLC0415  # models need Django set up

    made, therapist = large_clinic.clinic()
    print(f"{large_clinic.THERAPISTS} therapists, {large_clinic.CLIENTS} clients; {machine()}\n")
    print("| page | middle, ms | p95, ms | slowest, ms |\n|---|---|---|---|")
    missed = False
    with site() as port:
        cookies = large_clinic.cookies(made)
        for name, path in PAGES.items():
            taken = seconds(port, path.format(therapist=therapist), cookies)
            middle, late = np.quantile(taken, [0.5, 0.95])
            missed |= bool(late > LIMIT)
            print(f"| {name} | {1000 * middle:.0f} | {1000 * late:.0f} | {1000 * taken.max():.0f} |")
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
