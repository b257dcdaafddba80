"""A client is asked by mail about one session, or is not, and why."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Session
from surveys.models.rating import THIRD

LINK_WORKS = timedelta(days=14)
REMIND_AFTER = (timedelta(days=2), timedelta(days=5))


def new_key() -> str:
    """128 bits that nobody guesses and that say nothing of anybody."""
    return secrets.token_urlsafe(16)


class InvitationQuerySet(ClinicQuerySet["Invitation"]):
    """Phrases about invitations."""

    def with_people(self) -> Self:
        """Session, therapist, client, their account and clinic read in one go."""
        return self.select_related(
            "session__episode__therapist",
            "session__episode__client__clinic",
            "session__episode__client__user",
        )

    def due(self) -> Self:
        """Those of which nothing was decided yet, though it is time; session three first."""
        third = Case(When(session__number=THIRD, then=Value(0)), default=Value(1))
        waiting = self.filter(withheld="", sent_at__isnull=True, due_at__lte=Now())
        return waiting.order_by(third, "due_at", "pk")

    def to_remind_of(self) -> Self:
        """Those sent, not answered and still working, of which it is time for the next reminder."""
        due = Q()
        for given, after in enumerate(REMIND_AFTER):
            due |= Q(reminders=given, sent_at__lte=Now() - after)
        unanswered = self.filter(due, session__alliance_ratings__isnull=True)
        return unanswered.filter(sent_at__gt=Now() - LINK_WORKS).order_by("sent_at", "pk")


class Invitation(models.Model):
    """The one link to the check-in about a session; `questions` is what sending it cost of the budget.

    Opening it is written down nowhere: mail servers open links too, and it is nobody's business.
    """

    class Withheld(models.TextChoices):
        ANSWERED = "answered", _("it was answered before")
        CONSENT = "consent", _("the client has not agreed to care here")
        ADDRESS = "address", _("no address is known")
        FREQUENCY = "frequency", _("the client chose to be asked less often")
        BUDGET = "budget", _("the client was asked enough this month")
        LATE = "late", _("it was too long ago when we could have asked")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="invitations")
    session = models.OneToOneField(Session, models.CASCADE, related_name="invitation")
    key = models.CharField(max_length=32, unique=True, default=new_key)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    questions = models.PositiveSmallIntegerField(default=0)
    reminders = models.PositiveSmallIntegerField(default=0)
    withheld = models.CharField(max_length=9, choices=Withheld.choices, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reminders=0) | Q(reminders__lte=2, sent_at__isnull=False),
                name="invitation_two_reminders_at_most",
            ),
            models.CheckConstraint(
                condition=Q(withheld="")
                | Q(
                    withheld__in=["answered", "consent", "address", "frequency", "budget", "late"],
                    sent_at__isnull=True,
                ),
                name="invitation_withheld_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(withheld="", sent_at__isnull=True), name="invitation_undecided"
            ),
            models.Index(fields=["sent_at"], condition=Q(reminders__lt=2), name="invitation_to_remind_of"),
        ]

    def __str__(self) -> str:
        return f"invitation to {self.session}"

    @property
    def ends_at(self) -> datetime:
        """When its link stops working: two weeks after the mail."""
        return (self.sent_at or timezone.now()) + LINK_WORKS

    @property
    def has_ended(self) -> bool:
        """Whether its link works no more."""
        return self.ends_at <= timezone.now()
