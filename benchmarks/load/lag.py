"""How long after its acknowledgement a rating counts, and its client's own list is renewed."""

import threading
import time
from types import TracebackType
from typing import Self

import numpy as np
import psycopg2

from benchmarks.load import product
from benchmarks.load.journal import Journal
from benchmarks.load.verify import Base

EVERY = 0.1


class LagWatch:
    """Inside `with`: looks again and again which of the acknowledged check-ins count already."""

    def __init__(self, base: Base, journal: Journal) -> None:
        self.base, self.journal = base, journal
        self.counted: dict[int, float] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look_again, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()

    @property
    def waiting(self) -> set[int]:
        """Sessions acknowledged whose rating does not count yet."""
        return self.journal.acknowledged().keys() - self.counted.keys()

    def lags(self) -> dict[int, float]:
        """Seconds from acknowledgement by session; of one that never counted, until now."""
        now = time.time()
        return {
            session: self.counted.get(session, now) - sent.ended
            for session, sent in self.journal.acknowledged().items()
        }

    def quantile(self, share: float) -> float:
        """The lag that this share of the ratings does not exceed."""
        return float(np.quantile(list(self.lags().values()) or [float("nan")], share))

    def _look_again(self) -> None:
        while not self._stopped.wait(EVERY):
            waiting = sorted(self.waiting)
            try:
                found = self.base.rows(product.COUNTED, waiting) if waiting else []
            except psycopg2.Error:  # a scenario may have stopped the database
                continue
            now = time.time()
            for row in found:
                self.counted.setdefault(row["session_id"], now)
