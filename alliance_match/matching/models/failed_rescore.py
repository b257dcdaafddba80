"""Re-scores that nobody tries any more."""

from typing import Self

from django.db import models
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet


class FailedRescoreQuerySet(ClinicQuerySet["FailedRescore"]):
    """Phrases about failed re-scores."""

    def recent(self) -> Self:
        """Newest first."""
        return self.order_by("-pk")


class FailedRescore(models.Model):
    """A re-score that failed five times: where it failed, and no value of anybody."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="failed_rescores")
    client_id = models.BigIntegerField(null=True)
    therapist_id = models.BigIntegerField(null=True)
    error = models.CharField(max_length=120)
    failed_at = models.DateTimeField(db_default=Now())

    objects = FailedRescoreQuerySet.as_manager()

    def __str__(self) -> str:
        return f"failed re-score {self.pk}"
