"""A client told of thoughts of death or self-harm, or asks to be called: who must know, and what was done."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import STAFF, Clinic, Membership, Role, User
from alliance_match.accounts.querysets import ClinicQuerySet
from alliance_match.safety.deadlines import CALL_ASKED, LEVELS
from alliance_match.safety.models.crisis_care import CrisisCare
from clients.models import Client, Episode
from surveys.models.instrument import Instrument

NOTE_LENGTH = 2000
CALL_NUMBER_LENGTH = 40
STEPS = ("acknowledged", "contacted", "closed")


def _is_in_charge() -> Q:
    """Of memberships, for an alert around them: the owner; without one, the back-up and the admins."""
    care = CrisisCare.objects.filter(clinic=OuterRef("clinic"))
    is_owner, is_backup = (Exists(care.filter(**{who: OuterRef("user")})) for who in ("owner", "backup"))
    no_owner = ~Exists(care.with_active_owner())
    here = Q(clinic=OuterRef("clinic"), role__in=STAFF, user__is_active=True)
    return here & (Q(is_owner) | (Q(no_owner) & (Q(role=Role.ADMIN) | Q(is_backup))))


def _is_told() -> Exists:
    """Of memberships, for an alert around them: a notice was made since it asks, or is still to be sent."""
    counts = Q(notices__due_at__gte=F("asked_at")) | Q(notices__sent_at=None)
    here = RiskAlert.objects.filter(counts, pk=OuterRef(OuterRef("pk")), notices__to=OuterRef("user"))
    return Exists(here)


class RiskAlertQuerySet(ClinicQuerySet["RiskAlert"]):
    """Phrases about alerts."""

    def unclosed(self) -> Self:
        """Those that nobody has closed."""
        return self.filter(closed_at__isnull=True)

    def unacknowledged(self) -> Self:
        """Those that nobody has taken note of."""
        return self.filter(acknowledged_at__isnull=True)

    def overdue(self) -> Self:
        """Those that somebody should have taken note of by now."""
        return self.unacknowledged().filter(due_at__lte=Now())

    def to_notify(self) -> Self:
        """Those whose next round is due, and those of which somebody in charge by now was never told."""
        unnotified = Membership.objects.filter(_is_in_charge()).exclude(_is_told())
        return self.unacknowledged().filter(Q(notify_at__lte=Now()) | Exists(unnotified))

    def readable_by(self, membership: Membership) -> Self:
        """Those of the clinic, to its admins, its owner of alerts and the back-up; to others none."""
        here = self.in_clinic(membership.clinic)
        if membership.role == Role.ADMIN:
            return here
        person = membership.user_id if membership.role == Role.THERAPIST else None
        named = CrisisCare.objects.filter(Q(owner=person) | Q(backup=person), clinic=OuterRef("clinic"))
        return here.filter(Exists(named)) if person else here.none()

    def about_clients_of(self, membership: Membership) -> Self:
        """Those not closed about clients whom this person treats here."""
        treated = Episode.objects.open().filter(
            client=OuterRef("client"), therapist__user=membership.user_id, clinic=membership.clinic
        )
        return self.in_clinic(membership.clinic).unclosed().filter(Exists(treated))

    def with_now(self) -> Self:
        """Each with `now`, by the database's clock."""
        return self.annotate(now=Now())

    def with_people(self) -> Self:
        """Client and their account, questionnaire and whoever did something about it, read in one go."""
        done_by = (f"{step}_by" for step in STEPS)
        return self.select_related("client__user", "instrument", "clinic", *done_by)


def _step_constraint(step: str) -> models.CheckConstraint:
    at, by = f"{step}_at__isnull", f"{step}_by__isnull"
    both = Q(**{at: True, by: True}) | Q(**{at: False, by: False})
    return models.CheckConstraint(condition=both, name=f"risk_alert_{step}_by_somebody")


class RiskAlert(models.Model):
    """It stands from the first such answer or tap until somebody closes it; one at a time for a client.

    `level` is the highest answer to `instrument`, and no measure of danger; both are None where the client
    answered nothing and asked to be called. `call_asked_at`: when they asked that last; `call_number`: which
    number they gave with it, if any. `asked_at`: since when somebody is asked to act;
    `due_at`: from when on it is overdue; `notify_at`: when people are notified next; `rounds`: how often
    they were since. Every step is kept as a RiskStep too, for a higher answer asks anew.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Nobody has taken note yet")
        ACKNOWLEDGED = "acknowledged", _("Taken note")
        CONTACTED = "contacted", _("In touch")
        CLOSED = "closed", _("Closed")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="risk_alerts")
    client = models.ForeignKey(Client, models.CASCADE, related_name="risk_alerts")
    instrument = models.ForeignKey(
        Instrument, models.PROTECT, null=True, blank=True, related_name="risk_alerts"
    )
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    call_asked_at = models.DateTimeField(null=True, blank=True)
    call_number = models.CharField(max_length=CALL_NUMBER_LENGTH, blank=True)
    opened_at = models.DateTimeField(db_default=Now())
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    notify_at = models.DateTimeField()
    rounds = models.PositiveIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    contacted_at = models.DateTimeField(null=True, blank=True)
    contacted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closing_note = models.TextField(max_length=NOTE_LENGTH, blank=True)

    objects = RiskAlertQuerySet.as_manager()

    now: datetime  # there where it was read `with_now()`

    class Meta:
        db_table = "surveys_riskalert"
        ordering = ["due_at", "pk"]
        indexes = [
            # The banner asks on every page of the staff, the sweep twice a minute.
            models.Index(
                fields=["clinic", "notify_at"],
                condition=Q(acknowledged_at__isnull=True),
                name="risk_alert_unacknowledged",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(closed_at__isnull=True), name="risk_alert_standing_once"
            ),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="risk_alert_level_known"),
            models.CheckConstraint(
                condition=Q(level__isnull=False, instrument__isnull=False)
                | Q(level__isnull=True, instrument__isnull=True, call_asked_at__isnull=False),
                name="risk_alert_answered_or_call_asked",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("asked_at")), name="risk_alert_due_after_asked"),
            *(_step_constraint(step) for step in STEPS),
            models.CheckConstraint(
                condition=Q(contacted_at__isnull=True)
                | Q(acknowledged_at__isnull=False, contacted_at__gte=F("acknowledged_at")),
                name="risk_alert_acknowledged_first",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(contacted_at__isnull=False, closed_at__gte=F("contacted_at")),
                name="risk_alert_contacted_first",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closing_note="")
                | (Q(closed_at__isnull=False) & ~Q(closing_note="")),
                name="risk_alert_closed_with_note",
            ),
        ]

    def __str__(self) -> str:
        return f"alert about {self.client}"

    @property
    def state(self) -> "RiskAlert.State":
        """How far it has come."""
        done = [step for step in STEPS if getattr(self, f"{step}_at") is not None]
        return self.State(done[-1]) if done else self.State.OPEN

    @property
    def next_step(self) -> str:
        """What somebody is to do next; empty where all is done."""
        return next((step for step in STEPS if getattr(self, f"{step}_at") is None), "")

    @property
    def urgency(self) -> int:
        """By which level's deadlines somebody must act."""
        return CALL_ASKED if self.call_asked_at or self.level is None else self.level

    @property
    def questions(self) -> list[str]:
        """What was asked, word for word; nothing where no questionnaire was answered."""
        if self.instrument is None:
            return []
        return [item["text"] for item in self.instrument.definition["items"] if "opens" in item]

    @property
    def answer(self) -> str:
        """The highest answer, in the words of the questionnaire; empty where none was given."""
        return "" if self.level is None else self.in_words(self.level)

    def in_words(self, level: int) -> str:
        """An answer in the words of the questionnaire."""
        answers = self.instrument.definition["scale"]["answers"] if self.instrument else []
        return next((one["label"] for one in answers if one["value"] == level), str(level))
