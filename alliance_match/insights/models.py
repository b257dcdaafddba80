"""What a therapist reads about their own alliance: frozen, rounded, the same for every viewer."""

from typing import Any, Self

from django.db import models
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Client
from therapists.models import Therapist


class ReleaseQuerySet(ClinicQuerySet["Release"]):
    """Phrases about releases."""

    def of(self, therapist: Therapist) -> Self:
        """One therapist's, oldest first."""
        return self.filter(therapist=therapist).order_by("number")


class Release(models.Model):
    """One therapist's aggregates at one moment; never changed, and the database refuses to.

    `clients`: how many stand behind it, rounded down to five. `figures`: see `figures.py`; whatever is in
    there was rounded before it was stored. `contributors` is never shown: the next release sees in it who is
    new, and an erased client leaves it without a release being touched.
    """

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="releases")
    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField()
    clients = models.PositiveIntegerField()
    figures: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    released_at = models.DateTimeField(db_default=Now())
    contributors = models.ManyToManyField(Client, related_name="+")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["therapist", "number"], name="release_number_once"),
        ]

    def __str__(self) -> str:
        return f"release {self.number} of {self.therapist}"
