"""Who ended an episode of care here, and when."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from alliance_match.accounts.models import Role
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models.client import Client
from clients.models.episode import Episode
from clients.models.introduction import Introduction


class EpisodeEndingQuerySet(ClinicQuerySet["EpisodeEnding"]):
    """Phrases about endings."""

    clinic_path = "episode__clinic"


class EpisodeEnding(models.Model):
    """An ending that was entered here and not imported; for a day, whoever entered it can resume the care.

    `ended_by` is a role; `notifies_therapist`: the client lets the therapist know; `status_before` is the
    client's; `meeting`: the first one with somebody else, for which it ended.
    """

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="episode_ending")
    ended_by = models.CharField(max_length=10, choices=Role.choices)
    notifies_therapist = models.BooleanField(default=False)
    status_before = models.CharField(max_length=10, choices=Client.Status.choices)
    meeting = models.ForeignKey(Introduction, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(db_default=Now())

    objects = EpisodeEndingQuerySet.as_manager()

    class Meta:
        ordering = ["-ended_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_by__in=Role.values), name="episode_ending_role_known"),
            models.CheckConstraint(
                condition=Q(notifies_therapist=False) | Q(ended_by="client"),
                name="episode_ending_client_notifies",
            ),
            models.CheckConstraint(
                condition=Q(status_before__in=["searching", "waiting", "in_care", "ended"]),
                name="episode_ending_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"ending of {self.episode}"

    @property
    def meeting_was_called_off(self) -> bool:
        """Whether the meeting for which it ended was called off."""
        return self.meeting is not None and self.meeting.state in Introduction.CALLED_OFF
