"""Who ended an episode of care here, and when."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from alliance_match.accounts.models import Role
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models.client import Client
from clients.models.episode import Episode
from clients.models.introduction import Introduction


class ClosingQuerySet(ClinicQuerySet["Closing"]):
    """Phrases about closings."""

    clinic_path = "episode__clinic"


class Closing(models.Model):
    """An ending that was said here and not imported; for a day, whoever said it can take it back.

    `tells`: the client lets the therapist know kindly; `status_before` is the client's; `meeting`: the first
    one with somebody else, for which it ended.
    """

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="closing")
    by = models.CharField(max_length=10, choices=Role.choices)
    tells = models.BooleanField(default=False)
    status_before = models.CharField(max_length=10, choices=Client.Status.choices)
    meeting = models.ForeignKey(Introduction, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(db_default=Now())

    objects = ClosingQuerySet.as_manager()

    class Meta:
        ordering = ["-closed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(by__in=Role.values), name="closing_by_known"),
            models.CheckConstraint(condition=Q(tells=False) | Q(by="client"), name="closing_client_tells"),
            models.CheckConstraint(
                condition=Q(status_before__in=["searching", "waiting", "in_care", "ended"]),
                name="closing_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"closing of {self.episode}"

    @property
    def was_in_vain(self) -> bool:
        """Whether the meeting for which it ended was called off."""
        return self.meeting is not None and self.meeting.state in Introduction.CALLED_OFF
