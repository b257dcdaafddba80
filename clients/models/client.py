"""The client and what they agreed to."""

from collections.abc import Collection
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic, User
from alliance_match.accounts.querysets import ClinicQuerySet


def no_traits() -> dict[str, float]:
    """The default of `traits`."""
    return {}


class ClientQuerySet(ClinicQuerySet["Client"]):
    """Phrases about clients."""

    def seeking(self) -> Self:
        """Those for whom suggestions are kept: searching or on the waiting list."""
        return self.filter(status__in=[Client.Status.SEARCHING, Client.Status.WAITING])

    def named_like(self, text: str) -> Self:
        """Those whose name or code contains the text, whatever its accents."""
        return self.filter(Q(name__unaccent__icontains=text) | Q(code__icontains=text)) if text else self

    def with_intake(self) -> Self:
        """Intake and style preferences read in one go."""
        return self.select_related("intake").prefetch_related("style_preferences")


class Client(models.Model):
    """One client of one clinic; `traits` are extra numbers by name, as on a therapist."""

    class Status(models.TextChoices):
        SEARCHING = "searching", _("searching")
        WAITING = "waiting", _("on the waiting list")
        IN_CARE = "in_care", _("in care")
        ENDED = "ended", _("ended")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="clients")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="clients")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SEARCHING)
    traits = models.JSONField(default=no_traits, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    requested_ids: Collection[int]  # therapists' keys, there where it was read by `own_client()`
    switching_from: Collection[str]  # therapists' names, there too
    ending_on_switch: Collection[str]

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code"], name="client_code_once"),
            models.UniqueConstraint(fields=["clinic", "user"], name="client_user_once"),
            models.CheckConstraint(condition=~Q(code=""), name="client_has_code"),
            models.CheckConstraint(
                condition=Q(status__in=["searching", "waiting", "in_care", "ended"]),
                name="client_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def time_zone(self) -> str:
        """In which the client reads and writes times."""
        return (self.user.time_zone if self.user else "") or self.clinic.time_zone

    @property
    def zone(self) -> ZoneInfo:
        """The same as a time zone."""
        return ZoneInfo(self.time_zone)

    def agrees_to(self, purpose: "Purpose") -> bool:
        """Whether a consent to this purpose is in force; one query."""
        return self.consents.in_force(purpose).exists()


class Purpose(models.TextChoices):
    """The separate, revocable parts of a consent."""

    CARE = "care", _("my care here")
    SHARE = "share", _("sharing with my therapist")
    MATCHING = "matching", _("learning for better suggestions")
    STATISTICS = "statistics", _("figures about the service")


class ConsentQuerySet(ClinicQuerySet["Consent"]):
    """Phrases about consents."""

    clinic_path = "client__clinic"

    def not_withdrawn(self) -> Self:
        """Consents that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def in_force(self, purpose: Purpose) -> Self:
        """Consents for this purpose that were not withdrawn."""
        return self.not_withdrawn().filter(purpose=purpose)


class Consent(models.Model):
    """A client agreed to one purpose; a withdrawal is kept, a new agreement is a new row."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    granted_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_in_force_once",
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="consent_purpose_known"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("granted_at")),
                name="consent_withdrawn_after_granted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.get_purpose_display()}"
