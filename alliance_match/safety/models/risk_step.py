"""What happened to a risk alert, step by step."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import User
from alliance_match.safety.deadlines import LEVELS
from alliance_match.safety.models.risk_alert import STEPS, RiskAlert


class RiskStep(models.Model):
    """What happened to an alert, one row for each: the client said something, or somebody did something.

    `sheet` names the form with which the client said it: the same one again is the same answer, or tap.
    """

    class Kind(models.TextChoices):
        ANSWERED = "answered", _("answered")
        CALL_ASKED = "call_asked", _("asked to be called")
        ACKNOWLEDGED = "acknowledged", _("took note")
        CONTACTED = "contacted", _("was in touch")
        CLOSED = "closed", _("closed it")

    alert = models.ForeignKey(RiskAlert, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    sheet = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        db_table = "surveys_riskstep"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alert", "sheet", "level"], name="risk_step_answer_once"),
            models.UniqueConstraint(
                fields=["alert", "sheet"], condition=Q(kind="call_asked"), name="risk_step_call_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="answered", level__in=LEVELS, sheet__isnull=False, by__isnull=True)
                | Q(kind="call_asked", level__isnull=True, sheet__isnull=False, by__isnull=True)
                | Q(kind__in=STEPS, level__isnull=True, sheet__isnull=True, by__isnull=False),
                name="risk_step_of_client_or_staff",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.alert}"

    @property
    def answer(self) -> str:
        """What the client answered, in the words of the questionnaire; empty where somebody else acted."""
        return "" if self.level is None else self.alert.in_words(self.level)
