"""Who at a clinic answers when a client tells of danger, and when the clinic works."""

import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import STAFF, Clinic, Membership, User
from alliance_match.accounts.querysets import ClinicQuerySet
from alliance_match.safety.working_hours import WorkingHours
from alliance_match.vocabulary import Weekday, working_week
from surveys.danger import acted_on_by


class CrisisCareQuerySet(ClinicQuerySet["CrisisCare"]):
    """Phrases about care in crisis."""

    def with_active_owner(self) -> Self:
        """Where the owner can log in, and still belongs to the clinic's staff."""
        return self.filter(is_active_staff("owner"))

    def for_clinic(self, clinic: Clinic) -> "CrisisCare":
        """The clinic's, with its people; where nothing was set, the usual hours and nobody."""
        return self.in_clinic(clinic).with_people().first() or CrisisCare(clinic=clinic)

    def with_people(self) -> Self:
        """Each with owner and back-up, `owner_is_active` and `backup_is_active`: whether they still are."""
        known = self.select_related("owner", "backup", "clinic")
        return known.annotate(
            owner_is_active=is_active_staff("owner"), backup_is_active=is_active_staff("backup")
        )


def is_active_staff(person: str, clinic: str = "clinic") -> Exists:
    """Whether whom a column names can log in, and still belongs to the staff of the clinic."""
    staff = Membership.objects.filter(role__in=STAFF, user__is_active=True)
    return Exists(staff.filter(user=OuterRef(person), clinic=OuterRef(clinic)))


class CrisisCare(models.Model):
    """The owner of alerts at a clinic, and the back-up. Whether each still is here is asked at every use."""

    clinic = models.OneToOneField(Clinic, models.CASCADE, related_name="crisis_care")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    backup = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    days = ArrayField(models.PositiveSmallIntegerField(choices=Weekday.choices), default=working_week)
    opens = models.TimeField(default=datetime.time(9))
    closes = models.TimeField(default=datetime.time(17))

    objects = CrisisCareQuerySet.as_manager()

    owner_is_active: bool  # both there where it was read `with_people()`
    backup_is_active: bool

    class Meta:
        db_table = "surveys_crisiscare"
        constraints = [
            models.CheckConstraint(
                condition=~Q(owner=F("backup")),
                name="crisis_care_two_people",
                violation_error_message=_("Owner and back-up must be two people."),
            ),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="crisis_care_closes_after_opening",
                violation_error_message=_("The clinic must close later than it opens."),
            ),
            models.CheckConstraint(
                condition=Q(days__len__gte=1, days__contained_by=Weekday.values),
                name="crisis_care_days_known",
            ),
        ]

    def __str__(self) -> str:
        return f"care in crisis at {self.clinic}"

    @property
    def active_owner(self) -> User | None:
        """The owner, if still here."""
        return self.owner if self.owner and self.owner_is_active else None

    @property
    def active_backup(self) -> User | None:
        """The back-up, if still here."""
        return self.backup if self.backup and self.backup_is_active else None

    @property
    def hours(self) -> WorkingHours:
        """When the clinic works."""
        return WorkingHours(self.days, self.opens, self.closes, ZoneInfo(self.clinic.time_zone))


# Surveys asks about danger only where somebody acts on the answer.
acted_on_by(CrisisCare.objects.with_active_owner)
