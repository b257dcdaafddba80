"""The ratings that the estimator of a clinic is fitted to."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from alliance_match.matching.digests import values_digest
from clients.models import Client
from surveys.models import AllianceRating
from therapists.models import Therapist


def training_row_digest(row: Any) -> int:
    """The digest of a training row, or of what has its columns."""
    named = (row.rating_id, row.client_id, row.therapist_id, row.instrument, row.session)
    return values_digest([*named, row.score, *row.features])


class TrainingRowQuerySet(ClinicQuerySet["TrainingRow"]):
    """Phrases about training rows."""


class TrainingRow(models.Model):
    """One rating as the newest snapshot was fitted to it: score, session and features of that moment.

    The newest snapshot always equals a solve over exactly these rows. `features` are the client's, the
    therapist's and the match features, one after the other in the order of the snapshot's names; NaN where
    missing; `weight` is how many ratings it counts as, so that those who left early are heard too. A rating
    cannot be deleted before it is removed from the fit (PROTECT). `digest`: of all but the weight, which
    each fit sets, as it was written; None where that was before there were digests.
    """

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="training_rows")
    rating = models.OneToOneField(AllianceRating, models.PROTECT, related_name="training_row")
    client = models.ForeignKey(Client, models.PROTECT, related_name="training_rows")
    therapist = models.ForeignKey(Therapist, models.PROTECT, related_name="training_rows")
    instrument = models.CharField(max_length=60)
    session = models.PositiveSmallIntegerField()
    score = models.FloatField()
    features = ArrayField(models.FloatField())
    weight = models.FloatField(default=1.0)
    digest = models.BigIntegerField(null=True)

    objects = TrainingRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weight__gt=0), name="training_row_weight_positive"),
        ]

    def __str__(self) -> str:
        return f"training row of {self.rating_id}"
