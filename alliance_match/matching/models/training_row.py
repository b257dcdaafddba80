"""The ratings that the estimator of a clinic is fitted to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Client
from surveys.models import AllianceRating
from therapists.models import Therapist


class TrainingRowQuerySet(ClinicQuerySet["TrainingRow"]):
    """Phrases about training rows."""


class TrainingRow(models.Model):
    """One rating as the newest snapshot was fitted to it: score, session and features of that moment.

    The newest snapshot always equals a solve over exactly these rows. `features` are the client's, the
    therapist's and the match features, one after the other in the order of the snapshot's names; NaN where
    missing; `weight` is how many ratings it counts as, so that those who left early are heard too. A rating
    cannot be deleted before it is removed from the fit (PROTECT).
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

    objects = TrainingRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weight__gt=0), name="training_row_weight_positive"),
        ]

    def __str__(self) -> str:
        return f"training row of {self.rating_id}"
