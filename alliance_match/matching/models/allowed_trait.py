"""What an admin lets the estimator of a clinic see."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic, User
from alliance_match.accounts.querysets import ClinicQuerySet


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
