"""What a client saw when they looked at their suggestions."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from clients.models.client import Client

VISIT = timedelta(hours=6)
# By the therapist's key: their name, and the level of the estimate then.
Seen = dict[str, tuple[str, int]]


def nothing() -> Seen:
    """The default of both."""
    return {}


class Look(models.Model):
    """The suggestions of a client's last visit, and of the one before; within six hours it is one visit."""

    client = models.OneToOneField(Client, models.CASCADE, related_name="look")
    latest = models.JSONField(default=nothing)
    latest_at = models.DateTimeField(null=True)
    earlier = models.JSONField(default=nothing)
    earlier_at = models.DateTimeField(null=True)

    objects = models.Manager()

    def __str__(self) -> str:
        return f"look of {self.client}"

    @property
    def is_going_on(self) -> bool:
        """Whether the last visit is this one."""
        return self.latest_at is not None and timezone.now() - self.latest_at < VISIT

    @property
    def before(self) -> Seen:
        """What was seen at the visit before this one."""
        seen: Seen = self.earlier if self.is_going_on else self.latest
        return seen

    @property
    def before_at(self) -> datetime | None:
        """When that was."""
        return self.earlier_at if self.is_going_on else self.latest_at
