"""What a nightly comparison found."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet


class StoredDifference(models.Model):
    """So many stored things of a kind were not what they are when made anew; no value, and of nobody."""

    class Kind(models.TextChoices):
        TRAINING_ROWS = "training rows", _("training rows")
        STATE = "state", _("state of the estimator")
        PUBLISHED = "published state", _("published state")
        LISTS = "match lists", _("match lists")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="stored_differences")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    count = models.PositiveIntegerField()
    found_at = models.DateTimeField(db_default=Now())

    objects = ClinicQuerySet["StoredDifference"].as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} of {self.clinic_id}"
