"""Clients who send at a given rate whatever the site does: an open loop, so that a slow answer costs."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import numpy as np

from benchmarks.load.journal import NO_ANSWER, Journal, Sent

TIMEOUT = 30.0
CSRF = "c" * 32  # the same in cookie and header, as a script of the page would send it
ITEMS = tuple(f"item_{k}" for k in range(1, 7))


@dataclass(frozen=True)
class Call:
    """One request to be made: `seconds` after the beginning; a check-in where there is an answer."""

    at: float
    cookie: str
    path: str
    kind: str = "submit"
    session: int = 0
    answer: int | None = None

    @classmethod
    def check_in(cls, at: float, cookie: str, session: int, answer: int) -> "Call":
        """The check-in of a session, every item answered alike."""
        return cls(at, cookie, f"/check-ins/{session}/", session=session, answer=answer)


def arrivals(rate: float, count: int, draw: np.random.Generator) -> list[float]:
    """When so many calls begin, in seconds: a Poisson process of this rate."""
    return [float(at) for at in np.cumsum(draw.exponential(1 / rate, count))]


def make_call(port: int, call: Call, began: float) -> Sent:
    """Make one call, and say how it was answered."""
    headers, body = {"Cookie": f"{call.cookie}; csrftoken={CSRF}"}, None
    if call.answer is not None:
        headers |= {"X-CSRFToken": CSRF, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(dict.fromkeys(ITEMS, call.answer) | {"comment_reader": "nobody"})
    status, location = NO_ANSWER, ""
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)) as connection:
            connection.request("GET" if body is None else "POST", call.path, body, headers)
            answer = connection.getresponse()
            answer.read()
            status, location = answer.status, answer.headers.get("Location", "")
    except (OSError, HTTPException):
        pass
    due = began + call.at
    return Sent(call.kind, call.session, call.answer or 0, due, time.time(), status, location)


def read_page(port: int, cookie: str, path: str) -> str:
    """A page as text."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)) as connection:
        connection.request("GET", path, headers={"Cookie": cookie})
        return connection.getresponse().read().decode()


class Traffic:
    """Calls under way in threads; inside `with` they are being made, at its end all are answered."""

    def __init__(
        self,
        port: int,
        calls: Iterable[Call],
        journal: Journal,
        *,
        writers: int = 64,
        before: Callable[[Call], object] | None = None,
    ) -> None:
        self.port, self.journal, self.before = port, journal, before
        self.calls: Sequence[Call] = sorted(calls, key=lambda call: call.at)
        self.began = 0.0
        self._pool = ThreadPoolExecutor(writers)
        self._clock = threading.Thread(target=self._send, daemon=True)
        self._made: list[Future[None]] = []

    def __enter__(self) -> Self:
        self.began = time.time()
        self._clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clock.join()
        self._pool.shutdown()
        for made in self._made:
            made.result()

    @property
    def answered(self) -> bool:
        """Whether all calls were sent and answered."""
        return not self._clock.is_alive() and all(made.done() for made in self._made)

    def _send(self) -> None:
        for call in self.calls:
            time.sleep(max(0.0, self.began + call.at - time.time()))
            self._made.append(self._pool.submit(self._make, call))

    def _make(self, call: Call) -> None:
        if self.before:
            self.before(call)
        self.journal.note(make_call(self.port, call, self.began))
