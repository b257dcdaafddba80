"""What was sent, and what the site acknowledged: kept in this process, which nothing kills."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

NO_ANSWER = 0  # in place of a status where the connection broke
STORED = 302  # a check-in that was stored leads to its next page


@dataclass(frozen=True)
class Sent:
    """One request: what it was about, when it was due and ended (`time.time()`), and how it was answered."""

    kind: str
    session: int
    answer: int
    due: float
    ended: float
    status: int
    location: str = ""

    @property
    def seconds(self) -> float:
        """From when it was due: a queue before the site counts as the site's."""
        return self.ended - self.due


class Journal:
    """Every request of one scenario, in the order in which they ended."""

    def __init__(self) -> None:
        self._sent: list[Sent] = []
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Sent]:
        with self._lock:
            return iter(list(self._sent))

    def __len__(self) -> int:
        return len(self._sent)

    def note(self, sent: Sent) -> None:
        """Note a request that has ended."""
        with self._lock:
            self._sent.append(sent)

    def acknowledged(self) -> dict[int, Sent]:
        """The check-in acknowledged last of each session."""
        return {one.session: one for one in self if one.kind == "submit" and one.status == STORED}

    def statuses(self) -> Counter[int]:
        """How many were answered with which status."""
        return Counter(one.status for one in self)

    def server_errors(self) -> int:
        """How many were answered with 5xx, or not at all."""
        return sum(n for status, n in self.statuses().items() if status >= 500 or status == NO_ANSWER)

    def quantile(self, share: float, kind: str = "") -> float:
        """The seconds within which this share of the requests was answered."""
        taken = [one.seconds for one in self if kind in ("", one.kind)]
        return float(np.quantile(taken, share)) if taken else float("nan")
