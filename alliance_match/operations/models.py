"""That a process was alive, and when."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now

# How old a heartbeat may be until its process is taken for dead.
SILENCE = timedelta(seconds=120)


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """Phrases about heartbeats."""

    def write(self, processes: Sequence[str]) -> None:
        """Write down that these are alive now; it says nothing of anybody, so no audit event does either."""
        rows = [Heartbeat(process=process, at=Now()) for process in processes]
        self.bulk_create(rows, update_conflicts=True, unique_fields=["process"], update_fields=["at"])

    def recent(self) -> Self:
        """Of those who are alive."""
        return self.filter(at__gt=Now() - SILENCE)


class Heartbeat(models.Model):
    """When a process of this kind was last alive; with several of a kind, any of them."""

    class Process(models.TextChoices):
        WORKER = "worker"
        MAIL = "mail"
        BEAT = "beat"

    process = models.CharField(max_length=10, primary_key=True, choices=Process.choices)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return f"heartbeat of {self.process}"
