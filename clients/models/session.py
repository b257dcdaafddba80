"""A session: one meeting of an episode of care."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic, User
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models.episode import Episode

# Invitations, responses and ratings are rows of surveys, which may import this room and not the other way
# round. So they are read by the names of their reverse relations, here and nowhere else in this room.
INVITED = Q(invitation__sent_at__isnull=False)
ANSWERED = Q(responses__isnull=False) | Q(alliance_ratings__isnull=False)


class SessionQuerySet(ClinicQuerySet["Session"]):
    """Phrases about sessions."""

    def answered(self) -> Self:
        """Those about which the client answered anything."""
        return self.filter(ANSWERED).distinct()

    def invited_or_answered(self) -> Self:
        """Those about which the client was asked by mail, or answered."""
        return self.filter(INVITED | ANSWERED).distinct()

    def with_invited(self) -> Self:
        """Each with `invited`, whether the client was asked about it by mail."""
        return self.annotate(invited=INVITED)

    def with_pair(self) -> Self:
        """Client and therapist read in one go."""
        return self.select_related("episode__client", "episode__therapist")


class Session(models.Model):
    """One meeting of an episode; `code` is the clinic's own name for it.

    `ends_at` is known where it came from a calendar, `logged_by` where somebody logged it here.
    """

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="sessions")
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="sessions")
    code = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    held_on = models.DateField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    logged_at = models.DateTimeField(db_default=Now())
    logged_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    invited: bool  # there where it was read `with_invited()`

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["held_on"], name="session_held_on")]
        constraints = [
            models.UniqueConstraint(fields=["episode", "number"], name="session_number_once"),
            models.UniqueConstraint(fields=["clinic", "code"], name="session_code_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="session_number_positive"),
        ]

    def __str__(self) -> str:
        return f"session {self.number} of {self.episode}"
