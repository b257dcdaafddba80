"""Re-scores that nobody tries any more."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from alliance_match.matching.models.model_snapshot import ModelSnapshot

# What `error` says of a fit whose search for variances stopped too early.
NOT_CONVERGED = "not converged"


class FailedRescoreQuerySet(ClinicQuerySet["FailedRescore"]):
    """Phrases about failed re-scores."""

    def recent(self) -> Self:
        """Newest first."""
        return self.order_by("-pk")

    def fit_not_converged(self) -> "FailedRescore | None":
        """The last fit that did not converge, where none was stored after it."""
        fits = ModelSnapshot.objects.filter(clinic=OuterRef("clinic"), kind=ModelSnapshot.Kind.FIT)
        stored_since = Exists(fits.filter(created_at__gt=OuterRef("failed_at")))
        return self.filter(~stored_since, error=f"fit: {NOT_CONVERGED}").recent().first()


class FailedRescore(models.Model):
    """A fit, a publication, or a re-score that failed five times: where, and no value of anybody."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="failed_rescores")
    client_id = models.BigIntegerField(null=True)
    therapist_id = models.BigIntegerField(null=True)
    error = models.CharField(max_length=120)
    failed_at = models.DateTimeField(db_default=Now())

    objects = FailedRescoreQuerySet.as_manager()

    def __str__(self) -> str:
        return f"failed re-score {self.pk}"
