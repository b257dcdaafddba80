"""Re-scores that were done."""

from django.db import models
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet


class RescoreRun(models.Model):
    """One step of re-scoring done, ratings taken in or lists scored: what changed, and how long it took."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="rescore_runs")
    ratings = models.PositiveIntegerField(help_text="ratings added to the fit or removed from it")
    lists = models.PositiveIntegerField(help_text="match lists whose figures changed")
    moved = models.PositiveIntegerField(help_text="match lists whose order changed")
    seconds = models.FloatField()
    done_at = models.DateTimeField(db_default=Now())

    objects = ClinicQuerySet["RescoreRun"].as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"run {self.pk}"
