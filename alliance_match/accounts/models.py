"""Who may do what, where: a person (User) holds roles (Membership) in clinics (Clinic)."""

import datetime
import zoneinfo
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Users are known by their e-mail address, in whatever case it is typed."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user. Raises ValueError without an address."""
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def with_address(self, email: str) -> "models.QuerySet[User]":
        """Whose address this is: the one they log in with, or another that they confirmed."""
        other = Q(emailaddress__email__iexact=email, emailaddress__verified=True)
        return self.filter(pk__in=self.filter(Q(email__iexact=email) | other).values("pk"))

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


def validate_time_zone(value: str) -> None:
    """Raise ValidationError for a name that the time zone database does not know."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone."), params={"value": value})


class User(AbstractBaseUser):
    """A person who can log in; what they may see follows from their memberships alone.

    `language`: in which they are written to; `time_zone`: in which a client reads times, where that is not
    the clinic's.
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=60, blank=True, validators=[validate_time_zone])
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(db_default=Now())

    held: "list[Membership]"  # where a session's person was read, see backends.py

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email


class Clinic(models.Model):
    """One clinic, group practice or counselling service; it sees nothing of the others.

    `language`: of its mail to people who chose none; `open_to_all`: anybody may sign up as its client.
    Nobody is mailed a check-in from `quiet_from` to `quiet_until`, or more than `question_budget` questions
    in thirty days.
    """

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[validate_time_zone])
    language = models.CharField(max_length=12, default="en")
    currency = models.CharField(max_length=3, default="EUR")
    crisis_line = models.CharField(max_length=60, blank=True)
    crisis_text = models.TextField(blank=True)
    emergency_number = models.CharField(
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^\+?[0-9][0-9 ]*$", _("Digits belong here, such as 112."))],
    )
    open_to_all = models.BooleanField(default=False)
    quiet_from = models.TimeField(default=datetime.time(20))
    quiet_until = models.TimeField(default=datetime.time(8))
    question_budget = models.PositiveSmallIntegerField(default=60)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(question_budget__lte=1000), name="clinic_question_budget_sane"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Where its days begin and end."""
        return zoneinfo.ZoneInfo(self.time_zone)


class Role(models.TextChoices):
    """What a person is in a clinic; one person may be several."""

    CLIENT = "client", _("client")
    THERAPIST = "therapist", _("therapist")
    ADMIN = "admin", _("clinic admin")


STAFF = (Role.THERAPIST, Role.ADMIN)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Phrases about who belongs where."""

    def of(self, user: User | int | models.Value) -> Self:
        """The roles a person holds, with their clinics, in a stable order."""
        return self.filter(user=user).select_related("clinic", "user").order_by("clinic__name", "role", "pk")

    def of_staff(self, email: str, clinic: Clinic) -> Self:
        """Roles of whoever works at the clinic and has this address: colleagues would read their answers."""
        return self.filter(clinic=clinic, user__in=User.objects.with_address(email), role__in=STAFF)


class Membership(models.Model):
    """One role of one person in one clinic."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(db_default=Now())

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "clinic", "role"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} at {self.clinic}"

    @property
    def time_zone(self) -> str:
        """In which times are written for this person: a client may live elsewhere than the clinic."""
        own = self.user.time_zone if self.role == Role.CLIENT else ""
        return own or self.clinic.time_zone
