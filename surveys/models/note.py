"""What a client wants to say to their therapist."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Consent, Episode, Purpose
from therapists.models import Therapist

NOTE_LENGTH = 2000


class NoteQuerySet(ClinicQuerySet["Note"]):
    """Phrases about notes."""

    clinic_path = "episode__clinic"

    def kept(self) -> Self:
        """Those that only the client sees."""
        return self.filter(sent_at__isnull=True)

    def sent(self) -> Self:
        """Those that were sent, the last first."""
        return self.filter(sent_at__isnull=False).order_by("-sent_at", "-pk")

    def shared(self) -> Self:
        """Those sent, as long as the client agrees to sharing."""
        agreed = Consent.objects.in_force(Purpose.SHARE).filter(client=OuterRef("episode__client"))
        return self.sent().filter(Exists(agreed))

    def shared_with(self, therapist: Therapist) -> Self:
        """Those of them to this therapist."""
        return self.shared().filter(episode__therapist=therapist)


class Note(models.Model):
    """A client's words: kept for themselves, one an episode, until they are sent or thrown away."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="notes")
    text = models.TextField(max_length=NOTE_LENGTH)
    written_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode"], condition=Q(sent_at__isnull=True), name="note_kept_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
        ]

    def __str__(self) -> str:
        return f"note about {self.episode}"
