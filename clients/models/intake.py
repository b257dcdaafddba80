"""What a client asked for: practical needs, concerns, style preferences, and their own wishes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance_match.vocabulary import Concern, Format, StyleDimension, Weekday
from clients.models.client import Client


class Intake(models.Model):
    """The answers of the four steps; every one may be missing."""

    client = models.OneToOneField(Client, models.CASCADE, related_name="intake")
    formats = ArrayField(models.CharField(max_length=12, choices=Format.choices), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    insurer = models.CharField(max_length=60, blank=True)
    highest_fee = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    place = models.CharField(max_length=80, blank=True)
    start_from = models.DateField(null=True, blank=True)
    concerns = ArrayField(models.CharField(max_length=20, choices=Concern.choices), default=list, blank=True)
    about = models.TextField(max_length=4000, blank=True)
    helped_before = models.TextField(max_length=4000, blank=True)
    step = models.PositiveSmallIntegerField(default=1)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(highest_fee__isnull=True) | Q(highest_fee__gte=0), name="intake_fee_positive"
            ),
            models.CheckConstraint(condition=Q(step__range=(1, 4)), name="intake_step_range"),
        ]

    def __str__(self) -> str:
        return f"intake of {self.client}"


class StylePreference(models.Model):
    """How a client likes to work on one dimension, and how much that matters to them."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="style_preferences")
    dimension = models.CharField(max_length=12, choices=StyleDimension.choices)
    position = models.SmallIntegerField()
    importance = models.SmallIntegerField(default=1)

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "dimension"], name="style_preference_once"),
            models.CheckConstraint(
                condition=Q(dimension__in=StyleDimension.values), name="style_preference_dimension_known"
            ),
            models.CheckConstraint(
                condition=Q(position__range=(-3, 3)), name="style_preference_position_range"
            ),
            models.CheckConstraint(
                condition=Q(importance__range=(0, 3)), name="style_preference_importance_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.dimension} {self.position:+d}"


class TimeWindow(models.Model):
    """Hours of the week that suit a client, in the clinic's time zone."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="time_windows")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    starts = models.TimeField()
    ends = models.TimeField()

    objects = models.Manager()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["client", "weekday", "starts"], name="time_window_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="time_window_weekday_known"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="time_window_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.get_weekday_display()} {self.starts:%H:%M}"


class Wish(models.Model):
    """A filter that is the client's own choice; it never reaches the estimator."""

    class Attribute(models.TextChoices):
        GENDER = "gender", _("gender")
        AGE_GROUP = "age_group", _("age group")

    client = models.ForeignKey(Client, models.CASCADE, related_name="wishes")
    attribute = models.CharField(max_length=12, choices=Attribute.choices)
    accepted = ArrayField(models.CharField(max_length=40))

    objects = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "attribute"], name="wish_once"),
            models.CheckConstraint(
                condition=Q(attribute__in=["gender", "age_group"]), name="wish_attribute_known"
            ),
            models.CheckConstraint(condition=Q(accepted__len__gte=1), name="wish_accepts_something"),
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.attribute}"
