"""One more session, and then the question again."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Episode


class RecheckQuerySet(ClinicQuerySet["Recheck"]):
    """Phrases about re-checks."""

    clinic_path = "episode__clinic"

    def wanted(self, episode: Episode) -> "RecheckQuerySet":
        """Those still to come: the next session's check-in is asked for, whatever else was chosen."""
        return self.filter(episode=episode, episode__ended_on__isnull=True, done_at__isnull=True)


class Recheck(models.Model):
    """A client gives it one more session: after one with a number above `after` the question opens again."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="rechecks")
    after = models.PositiveSmallIntegerField()
    wanted_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True, blank=True)
    number = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = RecheckQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode"], condition=Q(done_at__isnull=True), name="recheck_wanted_once"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, number__isnull=True)
                | Q(done_at__isnull=False, number__gt=models.F("after")),
                name="recheck_done_by_a_later_session",
            ),
        ]

    def __str__(self) -> str:
        return f"re-check of {self.episode}"
