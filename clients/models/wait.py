"""Waiting for one therapist who accepts nobody just now."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models.client import Client
from therapists.models import Therapist

RESERVATION_LASTS = timedelta(hours=72)


class WaitQuerySet(ClinicQuerySet["Wait"]):
    """Phrases about who waits."""

    clinic_path = "client__clinic"

    def to_notify(self) -> Self:
        """Those who have not heard of a place yet, the longest waiting first."""
        return self.filter(notified_at__isnull=True).order_by("joined_at", "pk")

    def offered(self) -> Self:
        """Those for whom a place is reserved: they still have time to ask before the next in turn hears."""
        return self.filter(reserved_until__gt=Now())

    def lapsed(self) -> Self:
        """Those whose time to ask is over, though nobody wrote that down yet."""
        return self.filter(reserved_until__lte=Now())


class Wait(models.Model):
    """A client waits for a place with a therapist; asking ends it.

    `notified_at`: when they heard of one. `reserved_until`: how long it is theirs; emptied when that is over.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="waits")
    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="waits")
    joined_at = models.DateTimeField(db_default=Now())
    notified_at = models.DateTimeField(null=True, blank=True)
    reserved_until = models.DateTimeField(null=True, blank=True)

    objects = WaitQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "therapist"], name="wait_once"),
            models.CheckConstraint(
                condition=Q(reserved_until__isnull=True) | Q(notified_at__isnull=False),
                name="wait_reserved_for_who_was_notified",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} waits for {self.therapist}"

    @property
    def is_reserved(self) -> bool:
        """Whether a place is reserved for the client now."""
        return self.reserved_until is not None and self.reserved_until > timezone.now()
