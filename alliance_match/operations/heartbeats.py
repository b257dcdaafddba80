"""What worker and beat do besides their work: they write heartbeats. Celery loads this by its name."""

import logging
import time
from collections.abc import Sequence
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler
from django.db import DatabaseError, InterfaceError, connection

from alliance_match.operations.models import Heartbeat

EVERY = 30  # seconds
MAILING = "alliance_match.safety.tasks.risk_alerts_sweep"  # a task whose queue is that of mail
log = logging.getLogger(__name__)


def heartbeat_write(processes: Sequence[str]) -> None:
    """Write heartbeats; a database that is away must stop neither worker nor beat.

    The connection is not kept: the worker's children would inherit it.
    """
    try:
        Heartbeat.objects.write(processes)
    except (DatabaseError, InterfaceError) as error:
        log.warning("no heartbeat was written: %s", type(error).__name__)
    finally:
        connection.close()


class WorkerHeartbeat(bootsteps.StartStopStep):
    """A step of a worker's start: from then on it says every half minute that it is alive."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        conf, taken = worker.app.conf, worker.app.amqp.queues.consume_from
        queues = {
            Heartbeat.Process.WORKER: conf.task_default_queue,
            Heartbeat.Process.MAIL: conf.task_routes[MAILING]["queue"],
        }
        processes = [process for process, queue in queues.items() if queue in taken]
        heartbeat_write(processes)
        self.timer = worker.timer.call_repeatedly(EVERY, heartbeat_write, (processes,), priority=10)

    def stop(self, worker: Any) -> None:
        self.timer.cancel()


class HeartbeatScheduler(PersistentScheduler):
    """Beat's schedule, which says at its turns, at least every half minute, that it is alive."""

    written_at = float("-inf")
    max_interval = EVERY

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - self.written_at >= EVERY:
            heartbeat_write([Heartbeat.Process.BEAT])
            self.written_at = time.monotonic()
        return float(super().tick(*args, **kwargs))
