"""What the newest snapshot says of a client with a therapist."""

from typing import Self

from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from alliance_match.matching.models.model_snapshot import ModelSnapshot
from clients.models import Client
from therapists.models import Therapist

DECIMALS = 1


class MatchQuerySet(ClinicQuerySet["Match"]):
    """Phrases about matches."""

    def for_client(self, client: Client) -> Self:
        """A client's matches, best first, with the therapists and the number of the snapshot in force."""
        newest = ModelSnapshot.objects.filter(clinic=OuterRef("clinic")).order_by("-number").values("number")
        found = self.filter(client=client).order_by("rank").select_related("therapist")
        return found.annotate(newest_number=Subquery(newest[:1]))


class Match(models.Model):
    """One of the best 50 eligible therapists of a client who is looking; points of 0–100, to 0.1.

    mean, sd: of the pair's true alliance. difference, difference_sd: from this client's average over the
    clinic's listed therapists. parts: named parts that sum to the difference. group: therapists with
    the same number cannot be distinguished for this client; 0 beyond the first five. rated: ratings of this
    therapist behind it.
    """

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="matches")
    client = models.ForeignKey(Client, models.CASCADE, related_name="matches")
    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="matches")
    rank = models.PositiveSmallIntegerField()
    previous_rank = models.PositiveSmallIntegerField(null=True)
    group = models.PositiveSmallIntegerField()
    mean = models.FloatField()
    sd = models.FloatField()
    difference = models.FloatField()
    difference_sd = models.FloatField()
    parts: "models.JSONField[dict[str, float], dict[str, float]]" = models.JSONField()
    rated = models.PositiveIntegerField()
    snapshot_number = models.PositiveIntegerField()
    scored_at = models.DateTimeField(db_default=Now())
    newest_number: int | None  # where it was read `for_client()`

    objects = MatchQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "therapist"], name="match_once")]
        indexes = [models.Index(fields=["client", "rank"], name="match_order")]

    def __str__(self) -> str:
        return f"{self.client} with {self.therapist}"
