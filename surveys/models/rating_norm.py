"""How a clinic's ratings of one kind lay when they were last counted."""

from django.db import models
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet


class RatingNorm(models.Model):
    """Figures of all ratings by one instrument, after one session or any (`surveys.flags.ClinicNorm`)."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="rating_norms")
    code = models.SlugField(max_length=60)
    number = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField()
    twentieth = models.FloatField(null=True)
    sd = models.FloatField(null=True)
    counted_at = models.DateTimeField(db_default=Now())

    objects = ClinicQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code", "number"], name="rating_norm_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} after session {self.number} at {self.clinic}"
