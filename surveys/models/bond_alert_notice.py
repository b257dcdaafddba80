"""That a therapist was mailed about a bond alert."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from clients.models import Episode
from surveys.models.bond_alert_outcome import BondAlertOutcome
from surveys.models.note import Note
from surveys.models.response import Response


class BondAlertNotice(models.Model):
    """A bond alert of which a therapist was told by mail: none is told twice, and none is forgotten."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="notices")
    response = models.ForeignKey(Response, models.CASCADE, null=True, blank=True, related_name="notices")
    note = models.OneToOneField(Note, models.CASCADE, null=True, blank=True, related_name="notice")
    matter = models.CharField(max_length=5, choices=BondAlertOutcome.Matter.choices)
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["response", "matter"], name="bond_alert_notice_once"),
            models.CheckConstraint(
                condition=Q(matter="words", note__isnull=False, response__isnull=True)
                | Q(matter__in=["talk", "low"], note__isnull=True, response__isnull=False),
                name="bond_alert_notice_of_what_was_shared",
            ),
        ]

    def __str__(self) -> str:
        return f"notice of {self.matter}"
