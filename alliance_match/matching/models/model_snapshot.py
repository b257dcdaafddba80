"""The estimator of a clinic at one moment."""

from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from alliance_match.matching.digests import json_digest


class ModelSnapshotQuerySet(ClinicQuerySet["ModelSnapshot"]):
    """Phrases about snapshots."""

    def newest(self) -> "ModelSnapshot | None":
        """The snapshot in force."""
        return self.order_by("-number").first()

    def newest_fit(self) -> "ModelSnapshot | None":
        """The last full fit, whatever was added or removed since."""
        return self.filter(kind=ModelSnapshot.Kind.FIT).newest()

    def with_part_importance(self) -> "ModelSnapshot | None":
        """The snapshot whose part importance is public now."""
        return self.exclude(part_importance={}).newest()

    def without_state(self) -> Self:
        """For pages, which never load the estimator."""
        return self.defer("state")


class ModelSnapshot(models.Model):
    """The estimator at one moment; never changed, and the database refuses to (see the migrations).

    A `fit` found new variances; an `update` is a checkpoint: the fit before it with the ratings added and
    removed since. `last_change`: the last training change that is in it.
    `uses` names the features and instruments it was fitted to; `evaluation` has the figures behind `verdict`;
    `part_importance` what each part counts, for everybody to see, where a release was due. `digest`: of the
    state as it was written; None where that was before there were digests.
    """

    class Kind(models.TextChoices):
        FIT = "fit", _("fit")
        UPDATE = "update", _("update")

    class Verdict(models.TextChoices):
        PREFERENCE = "preference fit", _("preference fit")
        EARLY = "early", _("early")
        PREDICTED = "predicted", _("predicted alliance")
        NONE = "no detectable match effect", _("no detectable match effect")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="snapshots")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    state: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    digest = models.BigIntegerField(null=True)
    uses: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    rated = models.PositiveIntegerField()
    last_change = models.BigIntegerField(default=0)
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

    def is_as_written(self) -> bool:
        """Whether the state is the one that was stored."""
        return self.digest is None or self.digest == json_digest(self.state)
