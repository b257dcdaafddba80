"""File locks that the kernel gives up when their holder dies, however it dies."""

import fcntl
import os
import time
from pathlib import Path
from typing import Self

PAUSE = 0.05


class Lock:
    """An open lock file. The lock belongs to the open file, so it passes to a process that inherits it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @classmethod
    def at(cls, path: Path) -> Self:
        """Open the lock file at `path`, making it if need be; nothing is locked yet."""
        return cls(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))

    def try_shared(self) -> bool:
        """Take the lock beside other sharers; False when someone holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Take the lock alone; False when anyone else holds it (a shared lock of ours is then lost too)."""
        return self._try(fcntl.LOCK_EX)

    def wait_shared(self, seconds: float) -> bool:
        """Take the lock beside other sharers, waiting up to `seconds` for one who holds it alone."""
        deadline = time.monotonic() + seconds
        while not self.try_shared():
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        return True

    def release(self) -> None:
        """Give the lock up; releasing twice does no harm."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self.descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_locked(path: Path) -> bool:
    """Say whether a process holds the lock at `path`."""
    if not path.exists():
        return False
    lock = Lock.at(path)
    try:
        return not lock.try_alone()
    finally:
        lock.release()
