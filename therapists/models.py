"""A therapist as clients meet them: profile, style as practised, hours and capacity for new clients."""

from collections.abc import Collection
from datetime import UTC, timedelta
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic, User
from alliance_match.accounts.querysets import ClinicQuerySet
from alliance_match.accounts.related_rows import relation_named
from alliance_match.vocabulary import Concern, Format, StyleDimension, Weekday

MAX_PRIMARY_CONCERNS = 5
NAME_LENGTH, TITLE_LENGTH = 120, 80
STALE_AFTER, SILENT_AFTER = timedelta(days=14), timedelta(days=30)
LICENCE_NOTICE = timedelta(days=60)
ASK_EVERY = timedelta(days=7)


def no_traits() -> dict[str, float]:
    """The default of `traits`."""
    return {}


def tags(*, choices: Any = None, length: int = 40) -> "ArrayField[list[str], list[str]]":
    """A list of short words, empty by default."""
    return ArrayField(models.CharField(max_length=length, choices=choices), default=list, blank=True)


class TherapistQuerySet(ClinicQuerySet["Therapist"]):
    """Phrases about therapists."""

    def listed(self) -> Self:
        """Those a client may be shown: active, licensed, accepting, and not silent about it for a month."""
        active = self.filter(status=Therapist.Status.ACTIVE, accepting=True)
        heard = active.exclude(confirmed_at__lt=Now() - SILENT_AFTER)
        return heard.exclude(licence_expires_on__lt=TruncDate(Now(), tzinfo=UTC))

    def to_ask(self) -> Self:
        """Those listed who have not said for a week that they still accept clients, nor been asked."""
        week_ago = Now() - ASK_EVERY
        said = Coalesce("confirmed_at", "created_at")
        silent = self.listed().filter(user__isnull=False).alias(said_at=said).filter(said_at__lt=week_ago)
        return silent.exclude(asked_at__gte=week_ago)

    def named_like(self, text: str) -> Self:
        """Those whose name or code contains the text; nobody must find the key for ø to find Sørensen."""
        return self.filter(Q(name__unaccent__icontains=text) | Q(code__icontains=text)) if text else self

    def with_caseload(self) -> Self:
        """Each with `caseload`, how many open episodes they have."""
        # Asked by therapist of the index of open episodes: those that have ended are many, and never read.
        episodes = relation_named(self.model, "episodes").related_model._default_manager
        open_ones = episodes.filter(clinic=OuterRef("clinic"), therapist=OuterRef("pk"), ended_on=None)
        count = open_ones.order_by().values("therapist").annotate(count=Count("pk")).values("count")
        return self.annotate(caseload=Coalesce(Subquery(count), 0))

    def with_practice(self) -> Self:
        """Styles and slots read in one go."""
        return self.prefetch_related("styles", "slots")


class Therapist(models.Model):
    """One therapist of one clinic.

    `asked_at`: when they were last asked by mail whether they still accept clients; `confirmed_at` answers.
    `short_name` is what a sentence calls them: the whole name, where it is empty.
    `traits` holds extra numbers by name (`trait_*` columns of an import); the estimator sees one only after
    an admin allowed it. `gender` and `age_group` serve a client's own wish and are never given to it.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        LEFT = "left", _("left")

    class Unavailable(models.TextChoices):
        """Why nobody new is suggested a therapist, the first that is true."""

        LEFT = "left", _("left")
        AWAY = "away", _("away")
        UNLICENSED = "unlicensed", _("licence expired")
        CLOSED = "closed", _("not now")
        SILENT = "silent", _("not confirmed for a month")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="therapists")
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="therapists")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=NAME_LENGTH)
    short_name = models.CharField(max_length=NAME_LENGTH, blank=True, db_default="")
    pronouns = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    licence = models.CharField(max_length=80, blank=True)
    licensed_since = models.PositiveSmallIntegerField(null=True, blank=True)
    licence_expires_on = models.DateField(null=True, blank=True)
    tagline = models.CharField(max_length=160, blank=True)
    about = models.TextField(max_length=4000, blank=True)
    gender = models.CharField(max_length=40, blank=True)
    age_group = models.CharField(max_length=20, blank=True)

    concerns = tags(choices=Concern.choices)
    primary_concerns = tags(choices=Concern.choices)
    approaches = tags()
    populations = tags()
    languages = tags(length=12)
    insurers = tags(length=60)
    formats = tags(choices=Format.choices)
    places = tags(length=80)
    accessibility = tags()
    fee = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    lowest_fee = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    accepting = models.BooleanField(default=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    returns_on = models.DateField(null=True, blank=True)
    caseload_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    traits = models.JSONField(default=no_traits, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    caseload: int  # there where it was read `with_caseload()`
    reserved_for: Collection[int]  # clients' keys, there where it was read `with_capacity()`

    objects = TherapistQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code"], name="therapist_code_once"),
            models.UniqueConstraint(fields=["clinic", "user"], name="therapist_user_once"),
            models.CheckConstraint(condition=~Q(code=""), name="therapist_has_code"),
            models.CheckConstraint(condition=~Q(name=""), name="therapist_has_name"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "paused", "left"]), name="therapist_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="left") | Q(user__isnull=True), name="therapist_left_without_log_in"
            ),
            models.CheckConstraint(
                condition=Q(fee__isnull=True) | Q(fee__gte=0), name="therapist_fee_positive"
            ),
            models.CheckConstraint(
                condition=Q(lowest_fee__isnull=True) | Q(lowest_fee__gte=0, lowest_fee__lte=F("fee")),
                name="therapist_lowest_fee_below_fee",
            ),
            models.CheckConstraint(
                condition=Q(primary_concerns__len__lte=MAX_PRIMARY_CONCERNS),
                name="therapist_few_primary_concerns",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """What a sentence calls them, and a page that must not say more of them."""
        return self.short_name or self.name

    @property
    def initials(self) -> str:
        """Two letters for the round picture."""
        words = self.name.partition(",")[0].split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def unavailable(self) -> "Therapist.Unavailable | None":
        """Why nobody new is suggested them; None where `Therapist.objects.listed()` has them."""
        now = timezone.now()
        reasons = {
            self.Unavailable.LEFT: self.status == self.Status.LEFT,
            self.Unavailable.AWAY: self.status == self.Status.PAUSED,
            self.Unavailable.UNLICENSED: self.licence_ends_within(timedelta(0)),
            self.Unavailable.CLOSED: not self.accepting,
            self.Unavailable.SILENT: self.confirmed_at is not None and now - self.confirmed_at > SILENT_AFTER,
        }
        return next((why for why, is_so in reasons.items() if is_so), None)

    @property
    def takes_clients(self) -> bool:
        """The same as `Therapist.objects.listed()` for one."""
        return self.unavailable is None

    def licence_ends_within(self, time: timedelta) -> bool:
        """Whether the licence is over by then."""
        ends = self.licence_expires_on
        return ends is not None and ends < timezone.now().date() + time

    def places_left(self, caseload: int) -> int | None:
        """How many more are below the cap; None where there is no cap."""
        return None if self.caseload_cap is None else max(self.caseload_cap - caseload, 0)

    def has_capacity(self, caseload: int) -> bool:
        """Whether one more is below the cap; without a cap there always is."""
        return self.places_left(caseload) != 0

    @property
    def is_stale(self) -> bool:
        """Whether nobody has confirmed for a fortnight, or ever, that new clients are taken."""
        return self.confirmed_at is None or timezone.now() - self.confirmed_at > STALE_AFTER

    def clean(self) -> None:
        """Raise ValidationError where a primary concern is not among the concerns."""
        extra = set(self.primary_concerns) - set(self.concerns)
        if extra:
            raise ValidationError({"primary_concerns": _("Every primary concern must also be a concern.")})


class PractisedStyle(models.Model):
    """Where a therapist works on one style dimension, and how far they can move from there."""

    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="styles")
    dimension = models.CharField(max_length=12, choices=StyleDimension.choices)
    position = models.SmallIntegerField()
    reach = models.SmallIntegerField(default=1)

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["therapist", "dimension"], name="practised_style_once"),
            models.CheckConstraint(
                condition=Q(dimension__in=StyleDimension.values), name="practised_style_dimension_known"
            ),
            models.CheckConstraint(
                condition=Q(position__range=(-3, 3)), name="practised_style_position_range"
            ),
            models.CheckConstraint(condition=Q(reach__range=(0, 6)), name="practised_style_reach_range"),
        ]

    def __str__(self) -> str:
        return f"{self.therapist}: {self.dimension} {self.position:+d}"


class Slot(models.Model):
    """A weekly hour that a new client could have, in the clinic's time zone."""

    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    starts = models.TimeField()
    ends = models.TimeField()
    format = models.CharField(max_length=12, choices=Format.choices)

    objects = models.Manager()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["therapist", "weekday", "starts"], name="slot_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="slot_weekday_known"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="slot_ends_after_start"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="slot_format_known"),
        ]

    def __str__(self) -> str:
        return f"{self.therapist}: {self.get_weekday_display()} {self.starts:%H:%M}"
