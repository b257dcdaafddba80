"""What a therapist made of a bond alert."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Episode
from surveys.models.note import Note
from surveys.models.response import Response


class BondAlertOutcomeQuerySet(ClinicQuerySet["BondAlertOutcome"]):
    """Phrases about outcomes of bond alerts."""

    clinic_path = "episode__clinic"


class BondAlertOutcome(models.Model):
    """Closes a bond alert, which is no row itself: it stands as long as the client shares what it is of.

    `matter` is what the alert is of: of a check-in a wish to talk or a low result, or the words of a note.
    """

    class Matter(models.TextChoices):
        TALK = "talk", _("would like to talk")
        WORDS = "words", _("sent words")
        LOW = "low", _("shared a low check-in")

    class Kind(models.TextChoices):
        TALKED = "talked", _("We talked about it")
        PLANNED = "planned", _("Planned for the next session")
        SWITCHED = "switched", _("Continues with someone else")
        NOT_NEEDED = "not_needed", _("Nothing needed")

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="outcomes")
    response = models.ForeignKey(Response, models.CASCADE, null=True, blank=True, related_name="outcomes")
    note = models.OneToOneField(Note, models.CASCADE, null=True, blank=True, related_name="outcome")
    matter = models.CharField(max_length=5, choices=Matter.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    closed_at = models.DateTimeField(db_default=Now())

    objects = BondAlertOutcomeQuerySet.as_manager()

    class Meta:
        db_table = "surveys_outcome"
        ordering = ["-closed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["response", "matter"], name="outcome_once"),
            models.CheckConstraint(
                condition=Q(matter="words", note__isnull=False, response__isnull=True)
                | Q(matter__in=["talk", "low"], note__isnull=True, response__isnull=False),
                name="outcome_of_what_was_told",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["talked", "planned", "switched", "not_needed"]),
                name="outcome_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} about {self.episode}"
