"""How often a client wants to be asked."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Client


class CadenceQuerySet(ClinicQuerySet["Cadence"]):
    """Phrases about how often clients are asked."""

    clinic_path = "client__clinic"


class Cadence(models.Model):
    """A client's own choice; without a row it is every session."""

    class Frequency(models.TextChoices):
        EVERY = "every", _("After every session")
        SOME = "some", _("After sessions 2 to 4, then after every fourth")
        THIRD = "third", _("Only around session three")
        NEVER = "never", _("Never")

    client = models.OneToOneField(Client, models.CASCADE, related_name="cadence")
    frequency = models.CharField(max_length=5, choices=Frequency.choices, default=Frequency.EVERY)
    changed_at = models.DateTimeField(db_default=Now())

    objects = CadenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(frequency__in=["every", "some", "third", "never"]),
                name="cadence_frequency_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.get_frequency_display()}"
