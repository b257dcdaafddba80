"""Changes that matches do not show yet; the rows are the truth, a message only says: look now."""

from typing import Self

from django.db import models
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet

MAX_ATTEMPTS = 5
# In place of the attempts of a row that waits for the nightly fit, as its clinic's fits have failed.
FIT_GIVEN_UP = MAX_ATTEMPTS + 1


class PendingRescoreQuerySet(ClinicQuerySet["PendingRescore"]):
    """Phrases about pending re-scores."""

    def next_batch(self) -> list["PendingRescore"]:
        """All fresh rows together; a row that failed before is tried alone, so that it harms no other."""
        fresh = list(self.filter(attempts=0).order_by("pk"))
        return fresh or list(self.order_by("attempts", "pk")[:1])

    def before_a_fit(self) -> Self:
        """Those on which the attempts of a fit are counted."""
        return self.filter(attempts__lt=FIT_GIVEN_UP)

    def tried(self) -> Self:
        """Those on which an attempt was counted."""
        return self.filter(attempts__gt=0)

    def fit_given_up(self) -> bool:
        """Whether fits have failed too often, and no other features were allowed since."""
        permission = self.before_a_fit().filter(client_id=None, therapist_id=None)
        return self.filter(attempts=FIT_GIVEN_UP).exists() and not permission.exists()


class PendingRescore(models.Model):
    """Something a match depends on has changed: of this client, or of this therapist.

    Written by the database itself, in the transaction of the change (triggers, see the migrations), so that
    no way of writing can forget it. The ids are plain numbers: what they name may be gone by now.
    """

    clinic = models.ForeignKey(Clinic, models.DO_NOTHING, db_constraint=False, related_name="+")
    client_id = models.BigIntegerField(null=True)
    therapist_id = models.BigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = PendingRescoreQuerySet.as_manager()

    def __str__(self) -> str:
        return f"pending re-score {self.pk}"
