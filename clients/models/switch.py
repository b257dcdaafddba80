"""A client in care who searches for another therapist."""

from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Now

from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models.client import Client
from clients.models.episode import Episode


class SwitchQuerySet(ClinicQuerySet["Switch"]):
    """Phrases about switches."""

    clinic_path = "episode__clinic"

    def under_way(self, client: Client | OuterRef) -> "SwitchQuerySet":
        """Those of a client whose care with the other goes on."""
        return self.filter(episode__client=client, episode__ended_on__isnull=True).order_by("pk")


class Switch(models.Model):
    """A client searches on while the episode goes on; only they see it.

    `ends_episode`: they want the episode to end as soon as a first meeting with somebody else is agreed;
    `notifies_therapist`: and the therapist to be notified then. `status_before` is the client's, for whoever
    stays after all.
    """

    episode = models.OneToOneField(Episode, models.CASCADE, related_name="switch")
    ends_episode = models.BooleanField(default=False)
    notifies_therapist = models.BooleanField(default=False)
    status_before = models.CharField(max_length=10, choices=Client.Status.choices)
    begun_at = models.DateTimeField(db_default=Now())

    objects = SwitchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(notifies_therapist=False) | Q(ends_episode=True),
                name="switch_notifies_of_an_ending",
            ),
            models.CheckConstraint(
                condition=Q(status_before__in=["searching", "waiting", "in_care", "ended"]),
                name="switch_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"switch from {self.episode}"
