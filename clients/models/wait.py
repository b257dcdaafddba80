"""Waiting for one therapist who takes nobody just now."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now

from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models.client import Client
from therapists.models import Therapist

OFFER_STANDS = timedelta(hours=72)


class WaitQuerySet(ClinicQuerySet["Wait"]):
    """Phrases about who waits."""

    clinic_path = "client__clinic"

    def untold(self) -> Self:
        """Those who have not heard of a place yet, the longest waiting first."""
        return self.filter(told_at__isnull=True).order_by("joined_at", "pk")

    def offered(self) -> Self:
        """Those who have heard of a place, and still have time to ask before the next in turn hears."""
        return self.filter(told_at__gt=Now() - OFFER_STANDS)


class Wait(models.Model):
    """A client waits for a place with a therapist; asking ends it. `told_at`: when they heard of one."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="waits")
    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="waits")
    joined_at = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(null=True, blank=True)

    objects = WaitQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["client", "therapist"], name="wait_once")]

    def __str__(self) -> str:
        return f"{self.client} waits for {self.therapist}"
