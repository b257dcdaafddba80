"""A client asks to meet a therapist, and what became of it."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic, Membership, Role
from alliance_match.accounts.querysets import ClinicQuerySet
from alliance_match.vocabulary import Format
from clients.models.client import Client
from therapists.models import Therapist

ANSWER_WITHIN = timedelta(hours=72)
NOTIFY_WITHIN = timedelta(days=1)
MEASURED_OVER = timedelta(days=180)
MOST_OPEN = 3
NOTE_LENGTH = 1000


class IntroductionQuerySet(ClinicQuerySet["Introduction"]):
    """Phrases about introductions."""

    def answered_by(self, membership: Membership) -> Self:
        """Those that somebody answers: a therapist's own; an admin's are to therapists who cannot log in."""
        user = None if membership.role == Role.ADMIN else membership.user_id
        return self.in_clinic(membership.clinic).filter(therapist__user=user)

    def unanswered(self) -> Self:
        """Those neither answered nor withdrawn, whether their time is over or not."""
        return self.filter(state__in=Introduction.UNANSWERED)

    def open(self) -> Self:
        """Those that can still be answered."""
        return self.unanswered().filter(expires_at__gt=Now())

    def overdue(self) -> Self:
        """Those whose time is over, though nobody wrote that down yet."""
        return self.unanswered().filter(expires_at__lte=Now())

    def reserving(self) -> Self:
        """Open ones of clients to whom a place was offered: it stays theirs until there is an answer."""
        return self.open().filter(reserves_place=True)

    def declined(self) -> Self:
        """Those to which the therapist said no."""
        return self.filter(state=Introduction.State.DECLINED)

    def agreed_with(self, therapist: Therapist) -> Self:
        """First meetings that this therapist agreed to."""
        return self.filter(therapist=therapist, state=Introduction.State.ACCEPTED)

    def upcoming(self) -> Self:
        """Agreed meetings whose hour is still to come; only these can be moved or called off."""
        return self.filter(state=Introduction.State.ACCEPTED, starts_at__gt=Now())

    def resolved(self) -> Self:
        """Those answered, or expired, in the last half-year, each with `reply_time`: the time until then."""
        ended = Coalesce("answered_at", "expires_at")
        reply_time = ExpressionWrapper(ended - F("requested_at"), DurationField())
        over = Q(answered_at__isnull=False) | Q(expires_at__lte=Now())
        theirs = self.filter(over).exclude(state=Introduction.State.WITHDRAWN)
        return theirs.annotate(reply_time=reply_time, ended=ended).filter(ended__gt=Now() - MEASURED_OVER)

    def to_notify(self) -> Self:
        """Those of whose state somebody was not notified by mail, unless it is a day old and so no news."""
        return self.exclude(notified_state=F("state")).filter(changed_at__gt=Now() - NOTIFY_WITHIN)

    def with_people(self) -> Self:
        """Client, therapist and the proposed hours read in one go."""
        return self.select_related("client__intake", "therapist").prefetch_related("hours")


class Introduction(models.Model):
    """A request for a first meeting. The therapist answers it in time, or time answers it.

    requested                  → seen                     the therapist reads it
    requested, seen            → accepted, declined       the therapist answers
    requested, seen            → withdrawn, expired       the client withdraws it, or its time is over
    accepted, hour to come     → client_off, clinic_off   the client, or the therapist's side, calls it off
    accepted, hour to come     → accepted, `moved` + 1    the therapist moves it to another hour

    `notified_state` is the last state of which the other side was notified by mail; moving empties it.
    `shows_…`: the answers of the client that are shared with it.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("Asked")
        SEEN = "seen", _("Read")
        ACCEPTED = "accepted", _("Agreed")
        DECLINED = "declined", _("Not possible")
        EXPIRED = "expired", _("Not answered in time")
        WITHDRAWN = "withdrawn", _("Taken back")
        CLIENT_OFF = "client_off", _("Called off by the client")
        CLINIC_OFF = "clinic_off", _("Called off by the therapist")

    class DeclineReason(models.TextChoices):
        NO_ROOM = "no_room", _("no room for somebody new just now")
        NO_HOUR = "no_hour", _("no hour that would suit both")
        ELSEWHERE = "elsewhere", _("somebody else here knows this better")

    UNANSWERED = (State.REQUESTED, State.SEEN)
    CALLED_OFF = (State.CLIENT_OFF, State.CLINIC_OFF)

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="introductions")
    client = models.ForeignKey(Client, models.CASCADE, related_name="introductions")
    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="introductions")
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    notified_state = models.CharField(max_length=10, choices=State.choices, blank=True)
    note = models.TextField(max_length=NOTE_LENGTH, blank=True)
    shows_concerns = models.BooleanField(default=False)
    shows_about = models.BooleanField(default=False, db_default=False)
    reserves_place = models.BooleanField(default=False)
    shows_style = models.BooleanField(default=False)
    shows_before = models.BooleanField(default=False)
    decline_reason = models.CharField(max_length=10, choices=DeclineReason.choices, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    format = models.CharField(max_length=12, choices=Format.choices, blank=True)
    moved = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(db_default=Now() + ANSWER_WITHIN)
    changed_at = models.DateTimeField(db_default=Now())

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        indexes = [models.Index(fields=["changed_at"], name="introduction_changed_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "therapist"],
                condition=Q(state__in=["requested", "seen"]),
                name="introduction_open_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        *["requested", "seen", "accepted", "declined", "expired", "withdrawn"],
                        *["client_off", "clinic_off"],
                    ]
                ),
                name="introduction_state_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["accepted", "client_off", "clinic_off"],
                    starts_at__isnull=False,
                    ends_at__gt=F("starts_at"),
                )
                | (
                    ~Q(state__in=["accepted", "client_off", "clinic_off"])
                    & Q(starts_at__isnull=True, ends_at__isnull=True, moved=0)
                ),
                name="introduction_agreed_has_hour",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["accepted", "declined", "client_off", "clinic_off"], answered_at__isnull=False
                )
                | Q(state__in=["requested", "seen", "expired", "withdrawn"], answered_at__isnull=True),
                name="introduction_when_answered",
            ),
            models.CheckConstraint(
                condition=Q(decline_reason="")
                | Q(state="declined", decline_reason__in=["no_room", "no_hour", "elsewhere"]),
                name="introduction_decline_reason_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} asks {self.therapist}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.state in self.UNANSWERED and self.expires_at > timezone.now()

    @property
    def is_upcoming(self) -> bool:
        """The same as `Introduction.objects.upcoming()` for one."""
        begins = self.starts_at
        return self.state == self.State.ACCEPTED and begins is not None and begins > timezone.now()

    @property
    def outcome(self) -> "Introduction.State":
        """Its state, expired even where nobody wrote down yet that its time is over."""
        overdue = self.state in self.UNANSWERED and not self.is_open
        return self.State.EXPIRED if overdue else self.State(self.state)


class ProposedHour(models.Model):
    """An hour at which the client could come: one that the therapist offers, or one of their own."""

    introduction = models.ForeignKey(Introduction, models.CASCADE, related_name="hours")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    format = models.CharField(max_length=12, choices=Format.choices, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["introduction", "starts_at"], name="proposed_hour_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="proposed_hour_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_offered(self) -> bool:
        """Whether the therapist offers this very hour; else it is a span in which the client is free."""
        return bool(self.format)
