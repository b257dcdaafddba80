"""Care that was given: an episode is one client with one therapist."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic, Membership, Role
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models.client import Client
from clients.models.introduction import Introduction
from therapists.models import Therapist

RESUME_WITHIN = timedelta(days=1)


class EpisodeQuerySet(ClinicQuerySet["Episode"]):
    """Phrases about episodes of care."""

    def open(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_on__isnull=True)

    def accessible_to(self, membership: Membership) -> Self:
        """Those that somebody may see and end: as client or therapist their own, as admin the clinic's."""
        here = self.in_clinic(membership.clinic)
        if membership.role == Role.ADMIN:
            return here
        side = "client" if membership.role == Role.CLIENT else "therapist"
        return here.filter(**{f"{side}__user": membership.user_id})

    def under_way(self, day: date | OuterRef) -> Self:
        """Those that have begun by that day and not ended."""
        return self.open().filter(Q(started_on__isnull=True) | Q(started_on__lte=day))

    def resumable(self, role: str) -> Self:
        """Those that ended and that this role can resume, the last first.

        That is within a day. What ended for a first meeting that was called off since can be resumed however
        late, unless there is somebody else by now.
        """
        others = Episode.objects.open().filter(client=OuterRef("client"))
        same = others.filter(therapist=OuterRef("therapist"))
        recent = Q(episode_ending__ended_at__gt=Now() - RESUME_WITHIN)
        called_off = Q(
            episode_ending__meeting__state__in=Introduction.CALLED_OFF, ending=Episode.Ending.SWITCHED
        )
        ended = self.filter(
            recent | (called_off & ~Exists(others)), ~Exists(same), episode_ending__ended_by=role
        )
        here = ended.filter(ended_on__isnull=False).exclude(therapist__status=Therapist.Status.LEFT)
        return here.select_related("episode_ending__meeting").order_by("-episode_ending__ended_at")

    def with_people(self) -> Self:
        """Client and therapist read in one go."""
        return self.select_related("client", "therapist")


class Episode(models.Model):
    """One client's care with one therapist, from the first session to the ending."""

    class Ending(models.TextChoices):
        COMPLETED = "completed", _("what we set out to do was done")
        SWITCHED = "switched", _("continued with someone else")
        STOPPED = "stopped", _("stopped coming")
        OUTSIDE = "outside", _("moved, money or other outside reasons")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="episodes")
    client = models.ForeignKey(Client, models.CASCADE, related_name="episodes")
    therapist = models.ForeignKey(Therapist, models.PROTECT, related_name="episodes")
    number = models.PositiveSmallIntegerField(default=1)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        indexes = [
            # Most have ended, and pages ask for those that have not.
            models.Index(
                fields=["clinic", "therapist"], condition=Q(ended_on__isnull=True), name="episode_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["client", "therapist", "number"], name="episode_once"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=False) | Q(ending=""), name="episode_ending_has_date"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="episode_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ending__in=["", "completed", "switched", "stopped", "outside"]),
                name="episode_ending_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} with {self.therapist}"
