"""Training rows that came and went since the state of the estimator was last stored."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet


class TrainingChangeQuerySet(ClinicQuerySet["TrainingChange"]):
    """Phrases about training changes."""

    def last_number(self) -> int:
        """The number of the last of these changes, 0 where there is none."""
        last: int | None = self.aggregate(last=models.Max("pk"))["last"]
        return last or 0


class TrainingChange(models.Model):
    """One training row that was added, or removed; in the order of the keys.

    The newest snapshot with the changes after its `last_change` is the newest state: so a rating costs one
    row, however large the state is. A change is deleted once it is in a snapshot and in what is published.
    The ids are plain numbers: what they name may be gone by now. `digest`: of it and all before it that are
    still here, for PostgreSQL may give the key of a change that was never committed once more after a crash;
    None where that was before there were digests.
    """

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="training_changes")
    removed = models.BooleanField()
    row_id = models.BigIntegerField()
    rating_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    therapist_id = models.BigIntegerField()
    instrument = models.CharField(max_length=60)
    session = models.PositiveSmallIntegerField()
    score = models.FloatField()
    features = ArrayField(models.FloatField())
    weight = models.FloatField()
    digest = models.BigIntegerField(null=True)

    objects = TrainingChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["clinic", "client_id"], name="training_change_of_client")]

    def __str__(self) -> str:
        return f"training change {self.pk}"
