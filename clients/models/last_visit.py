"""Which suggestions a client saw on their last visit."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from clients.models.client import Client

VISIT = timedelta(hours=6)
# By the therapist's key: their name, and the level of the estimate then.
SeenSuggestions = dict[str, tuple[str, int]]


def no_suggestions() -> SeenSuggestions:
    """The default of both."""
    return {}


class LastVisit(models.Model):
    """The suggestions of a client's last visit, and of the one before; within six hours it is one visit."""

    client = models.OneToOneField(Client, models.CASCADE, related_name="last_visit")
    latest = models.JSONField(default=no_suggestions)
    latest_at = models.DateTimeField(null=True)
    earlier = models.JSONField(default=no_suggestions)
    earlier_at = models.DateTimeField(null=True)

    objects = models.Manager()

    def __str__(self) -> str:
        return f"last visit of {self.client}"

    @property
    def is_under_way(self) -> bool:
        """Whether the latest visit is this one."""
        return self.latest_at is not None and timezone.now() - self.latest_at < VISIT

    @property
    def previous(self) -> SeenSuggestions:
        """What was seen at the visit before this one."""
        seen: SeenSuggestions = self.earlier if self.is_under_way else self.latest
        return seen

    @property
    def previous_at(self) -> datetime | None:
        """When that was."""
        return self.earlier_at if self.is_under_way else self.latest_at
