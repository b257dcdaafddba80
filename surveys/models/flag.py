"""What a rating was found to say about a weak bond."""

from django.db import models
from django.db.models import Q

from alliance_match.accounts.querysets import ClinicQuerySet
from surveys.flags import FlagKind, FlagStrength
from surveys.models.rating import AllianceRating


class FlagQuerySet(ClinicQuerySet["Flag"]):
    """Phrases about flags."""

    clinic_path = "rating__clinic"


class Flag(models.Model):
    """A rule that a rating fulfils (`surveys.flags`); renewed with the answer, gone when it is withdrawn."""

    rating = models.ForeignKey(AllianceRating, models.CASCADE, related_name="flags")
    kind = models.CharField(max_length=10, choices=FlagKind.choices)
    strength = models.PositiveSmallIntegerField(choices=FlagStrength.choices)

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rating", "kind"], name="flag_once"),
            models.CheckConstraint(condition=Q(kind__in=FlagKind.values), name="flag_kind_known"),
            models.CheckConstraint(condition=Q(strength__in=FlagStrength.values), name="flag_strength_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.rating}"
