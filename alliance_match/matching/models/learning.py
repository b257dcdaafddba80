"""What the estimator of a clinic has learnt, and from exactly which rows."""

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic, User
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Client
from surveys.models import AllianceRating
from therapists.models import Therapist


class AllowedTrait(models.Model):
    """A trait that an admin allows the estimator to see; anything else stays out of it."""

    class Side(models.TextChoices):
        CLIENT = "client", _("client")
        THERAPIST = "therapist", _("therapist")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="allowed_traits")
    side = models.CharField(max_length=10, choices=Side.choices)
    name = models.CharField(max_length=60)
    allowed_by = models.ForeignKey(User, models.SET_NULL, null=True)
    allowed_at = models.DateTimeField(db_default=Now())

    objects = ClinicQuerySet["AllowedTrait"].as_manager()

    class Meta:
        ordering = ["side", "name"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "side", "name"], name="allowed_trait_once"),
            models.CheckConstraint(
                condition=Q(side__in=["client", "therapist"]), name="allowed_trait_side_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.name}"


class ModelSnapshotQuerySet(ClinicQuerySet["ModelSnapshot"]):
    """Phrases about snapshots."""

    def newest(self) -> "ModelSnapshot | None":
        """The snapshot in force."""
        return self.order_by("-number").first()

    def newest_fit(self) -> "ModelSnapshot | None":
        """The last full fit, whatever was learnt since."""
        return self.filter(kind=ModelSnapshot.Kind.FIT).newest()

    def with_part_importance(self) -> "ModelSnapshot | None":
        """The snapshot whose part importance is public now."""
        return self.exclude(part_importance={}).newest()

    def with_pending(self, owed: ClinicQuerySet[Any]) -> Self:
        """Each with `pending`, whether any of this work is owed."""
        return self.annotate(pending=models.Exists(owed))

    def with_run(self, runs: ClinicQuerySet[Any]) -> Self:
        """Each with `run_at` and `run_ratings` of the first of these runs, None where there is none."""
        at, ratings = (models.Subquery(runs.values(name)[:1]) for name in ("done_at", "ratings"))
        return self.annotate(run_at=at, run_ratings=ratings)

    def without_state(self) -> Self:
        """For pages, which never load the estimator."""
        return self.defer("state")


class ModelSnapshot(models.Model):
    """The estimator at one moment; never changed, and the database refuses to (see the migrations).

    A `fit` found new variances; an `update` learnt or unlearnt ratings at the variances of the fit before it.
    `uses` names the features and instruments it was fitted to; `evaluation` has the figures behind `verdict`;
    `part_importance` what each part counts, for everybody to see, where a release was due.
    """

    class Kind(models.TextChoices):
        FIT = "fit", _("fit")
        UPDATE = "update", _("update")

    class Verdict(models.TextChoices):
        PREFERENCE = "preference fit", _("preference fit")
        EARLY = "early", _("early")
        PREDICTED = "predicted", _("predicted alliance")
        NONE = "no detectable match effect", _("no detectable match effect")

    pending: bool  # where it was read `with_pending()`
    run_at: datetime | None  # both where it was read `with_run()`
    run_ratings: int | None
    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="snapshots")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    state: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    uses: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    rated = models.PositiveIntegerField()
    verdict = models.CharField(max_length=30, choices=Verdict.choices)
    evaluation: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    part_importance: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = ModelSnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="snapshot_number_once"),
        ]

    def __str__(self) -> str:
        return f"snapshot {self.number} of {self.clinic}"


class TrainingRowQuerySet(ClinicQuerySet["TrainingRow"]):
    """Phrases about training rows."""


class TrainingRow(models.Model):
    """One rating as the newest snapshot has learnt it: score, session and features of that moment.

    The newest snapshot always equals a solve over exactly these rows. `features` are the client's, the
    therapist's and the match features, one after the other in the order of the snapshot's names; NaN where
    missing; `weight` is how many ratings it counts as, so that those who left early are heard too. A rating
    cannot be deleted before it is unlearnt (PROTECT).
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
