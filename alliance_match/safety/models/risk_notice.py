"""Who is notified of a risk alert, and when that was."""

from typing import Self

from django.db import models
from django.db.models import Exists, Q

from alliance_match.accounts.models import User
from alliance_match.safety.models.crisis_care import is_active_staff
from alliance_match.safety.models.risk_alert import RiskAlert


def _is_to_staff() -> Exists:
    return is_active_staff("to", "alert__clinic")


class RiskNoticeQuerySet(models.QuerySet["RiskNotice"]):
    """Phrases about who is notified."""

    def unsent(self) -> Self:
        """Those that the mail server has not accepted yet."""
        return self.filter(sent_at__isnull=True)

    def to_send(self) -> Self:
        """Those that are still of use: nobody took note meanwhile, and whom they are for is still staff."""
        return self.unsent().filter(_is_to_staff(), alert__acknowledged_at__isnull=True)

    def with_addressee(self) -> Self:
        """Each with whom it is for, and `to_is_staff`: whether they still are, and can log in."""
        return self.select_related("to").annotate(to_is_staff=_is_to_staff())


class RiskNotice(models.Model):
    """One person is notified once, by mail, that there is something to look at; it was due at a time.

    `tried_at`: when it was last handed to the mail server; `sent_at`: when that accepted it.
    An account may be deleted later; that somebody was told, and when, is kept.
    """

    alert = models.ForeignKey(RiskAlert, models.CASCADE, related_name="notices")
    to = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = RiskNoticeQuerySet.as_manager()

    to_is_staff: bool  # there where it was read `with_addressee()`

    class Meta:
        db_table = "surveys_risknotice"
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["alert"], condition=Q(sent_at__isnull=True), name="risk_notice_unsent")
        ]
        constraints = [
            models.UniqueConstraint(fields=["alert", "to", "due_at"], name="risk_notice_once"),
            models.CheckConstraint(
                condition=Q(tries=0, tried_at__isnull=True) | Q(tries__gt=0, tried_at__isnull=False),
                name="risk_notice_tried_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(tried_at__isnull=False),
                name="risk_notice_taken_if_tried",
            ),
        ]

    def __str__(self) -> str:
        return f"notice about {self.alert}"
