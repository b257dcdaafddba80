"""What a client answered after one session."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Consent, Purpose, Session
from surveys.models.instrument import Instrument
from therapists.models import Therapist

EDIT_WITHIN = timedelta(hours=24)


class ResponseQuerySet(ClinicQuerySet["Response"]):
    """Phrases about responses."""

    def shared(self) -> Self:
        """Those in which the client chose to share something with their therapist, newest first.

        A client who withdraws the consent to share withdraws what was shared.
        """
        shared = Q(wants_to_talk=True) | Q(shared_with_therapist=True)
        commented = Q(comment_reader=Response.Reader.THERAPIST) & ~Q(comment="")
        agreed = Consent.objects.in_force(Purpose.SHARE).filter(client=OuterRef("session__episode__client"))
        own = self.filter(shared | commented, Exists(agreed))
        return own.select_related("session__episode__client", "alliance_rating").order_by("-submitted_at")

    def shared_with(self, therapist: Therapist) -> Self:
        """Those shared with this therapist."""
        return self.shared().filter(session__episode__therapist=therapist)

    def addressed_to_clinic(self) -> Self:
        """Those with a comment that whoever runs the clinic may read, newest first."""
        addressed = self.filter(comment_reader=Response.Reader.CLINIC).exclude(comment="")
        return addressed.select_related("session__episode__client", "session__episode__therapist").order_by(
            "-submitted_at", "-pk"
        )

    def editable(self) -> Self:
        """Those that can still be changed."""
        return self.filter(submitted_at__gt=Now() - EDIT_WITHIN, alliance_rating__withdrawn_at__isnull=True)


def no_answers() -> dict[str, int | None]:
    """The default of `answers`."""
    return {}


class Response(models.Model):
    """The answers to one instrument about one session; None stands for "rather not say".

    `hasty` and `straight_lined` say how it was filled in (see `carefulness.py`), and are shown of nobody.
    """

    class Reader(models.TextChoices):
        NOBODY = "nobody", _("nobody")
        THERAPIST = "therapist", _("my therapist")
        CLINIC = "clinic", _("the clinic")

    class Bond(models.TextChoices):
        YES = "yes", _("yes")
        FORMING = "forming", _("it is forming")
        NOT_YET = "not_yet", _("not yet")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="responses")
    session = models.ForeignKey(Session, models.CASCADE, related_name="responses")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="responses")
    answers = models.JSONField(default=no_answers)
    bond = models.CharField(max_length=8, choices=Bond.choices, blank=True)
    wants_to_talk = models.BooleanField(default=False)
    comment = models.TextField(max_length=2000, blank=True)
    comment_reader = models.CharField(max_length=10, choices=Reader.choices, default=Reader.NOBODY)
    shared_with_therapist = models.BooleanField(default=False)
    hasty = models.BooleanField(default=False)
    straight_lined = models.BooleanField(default=False)
    submitted_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "instrument"], name="response_once"),
            models.CheckConstraint(
                condition=Q(bond__in=["", "yes", "forming", "not_yet"]), name="response_bond_known"
            ),
            models.CheckConstraint(
                condition=Q(comment_reader__in=["nobody", "therapist", "clinic"]),
                name="response_reader_known",
            ),
            models.CheckConstraint(
                condition=Q(edited_at__isnull=True) | Q(edited_at__lt=F("submitted_at") + EDIT_WITHIN),
                name="response_edited_within_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"response about {self.session}"

    @property
    def editable_until(self) -> datetime:
        """When it is locked."""
        return self.submitted_at + EDIT_WITHIN

    @property
    def is_editable(self) -> bool:
        """Whether it can still be changed."""
        withdrawn = self.alliance_rating.withdrawn_at is not None
        return not withdrawn and self.editable_until > timezone.now()
