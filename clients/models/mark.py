"""What a client makes of a therapist before they meet."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models.client import Client
from therapists.models import Therapist


class MarkQuerySet(ClinicQuerySet["Mark"]):
    """Phrases about marks."""

    clinic_path = "client__clinic"


class Mark(models.Model):
    """A client keeps a therapist in mind, or wants not to be shown them again; only the client sees it."""

    class Kind(models.TextChoices):
        FAVOURITE = "favourite", _("favourite")
        NOT_FOR_ME = "not_for_me", _("not for me")

    client = models.ForeignKey(Client, models.CASCADE, related_name="marks")
    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    made_at = models.DateTimeField(db_default=Now())

    objects = MarkQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "therapist"], name="mark_once"),
            models.CheckConstraint(condition=Q(kind__in=["favourite", "not_for_me"]), name="mark_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.therapist} {self.kind}"
