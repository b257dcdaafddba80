"""Changes that matches do not show yet; the rows are the truth, a message only says: look now."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet

MAX_ATTEMPTS = 5
PENDING_TOO_LONG = timedelta(seconds=300)
# In place of the attempts of a row that waits for the nightly fit, as its clinic's fits have failed.
FIT_GIVEN_UP = MAX_ATTEMPTS + 1
# So much takes less than two seconds at once, at any clinic.
LISTS_AT_ONCE, CHANGES_AT_ONCE = 200, 1000
# With each attempt a batch is an eighth, and waits as if it had come so much later: what fails must neither
# hold up the others, nor wait until no others come.
SHRINKING, SET_BACK = 3, timedelta(seconds=5)


class PendingRescoreQuerySet(ClinicQuerySet["PendingRescore"]):
    """Phrases about pending re-scores."""

    def next_batch(self) -> list["PendingRescore"]:
        """What is to be done next together: a client's own change and list before everybody's, the oldest
        first. What failed before is tried in smaller and smaller batches, at last alone.

        Whatever is of one kind with the oldest is done with it: at any rate changes and lists take turns.
        """
        due_at = F("created_at") + F("attempts") * Value(SET_BACK)
        first = self.order_by("everybody", due_at, "list_only", "pk").first()
        if first is None:
            return []
        alike = self.filter(attempts=first.attempts, list_only=first.list_only)
        size = (LISTS_AT_ONCE if first.list_only else CHANGES_AT_ONCE) >> (SHRINKING * first.attempts)
        return list(alike.order_by("everybody", "pk")[: max(size, 1)])

    def too_long(self) -> Self:
        """Those that should have been processed long ago; that there are others would tell that somebody has
        answered just now."""
        return self.filter(created_at__lt=Now() - PENDING_TOO_LONG)

    def own(self) -> Self:
        """Changes of a client themselves, not those that concern everybody."""
        return self.filter(everybody=False)

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

    The worker takes in what changed and writes rows in its place of which only a client's list is left to do
    (`list_only`): because of what the client did themselves, or because something concerns `everybody`.
    `news`: another order would be news of what was rated.

    `transaction_id`: which transaction's triggers wrote it, until it is tried; one writes one row a person.
    """

    clinic = models.ForeignKey(Clinic, models.DO_NOTHING, db_constraint=False, related_name="+")
    client_id = models.BigIntegerField(null=True)
    therapist_id = models.BigIntegerField(null=True)
    list_only = models.BooleanField(db_default=False)
    everybody = models.BooleanField(db_default=False)
    news = models.BooleanField(db_default=False)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    transaction_id = models.BigIntegerField(null=True, editable=False)

    objects = PendingRescoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transaction_id", "client_id", "therapist_id", "clinic"],
                condition=models.Q(transaction_id__isnull=False),
                nulls_distinct=False,
                name="pending_once_a_transaction",
            )
        ]

    def __str__(self) -> str:
        return f"pending re-score {self.pk}"
