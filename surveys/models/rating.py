"""The alliance of a pair at a session, on 0–100, however it was measured."""

from typing import Self

from django.db import models
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Consent, Purpose, Session
from surveys.models.instrument import Instrument
from surveys.models.response import Response

THIRD = 3
WINDOW = (2, 4)


class AllianceRatingQuerySet(ClinicQuerySet["AllianceRating"]):
    """Phrases about ratings."""

    def not_withdrawn(self) -> Self:
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def consented(self) -> Self:
        """Those whose client agrees, now, that the estimator may be trained on them."""
        agreed = Consent.objects.in_force(Purpose.MATCHING).filter(
            client=OuterRef("session__episode__client")
        )
        return self.filter(Exists(agreed))

    def in_window(self) -> Self:
        """Those with a total that were given about session three."""
        return self.filter(session__number__range=WINDOW, total__isnull=False)

    def session_three(self) -> Self:
        """One an episode: nearest to session three within sessions 2–4, the earlier and lower id on a tie."""
        distance = Case(
            When(session__number=THIRD, then=Value(0)),
            When(session__number=2, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.in_window().order_by("session__episode", distance, "pk").distinct("session__episode")

    def for_training(self) -> Self:
        """What the estimator may be trained on: not withdrawn, consented, session three."""
        return self.not_withdrawn().consented().session_three()


class AllianceRating(models.Model):
    """Total and facets on 0–100; a facet or total with too few answers is missing, never guessed."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="alliance_ratings")
    session = models.ForeignKey(Session, models.CASCADE, related_name="alliance_ratings")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="alliance_ratings")
    response = models.OneToOneField(
        Response, models.CASCADE, null=True, blank=True, related_name="alliance_rating"
    )
    total = models.FloatField(null=True)
    bond = models.FloatField(null=True, blank=True)
    task = models.FloatField(null=True, blank=True)
    goal = models.FloatField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = AllianceRatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "instrument"], name="alliance_rating_once"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{scale}__isnull": True}) | Q(**{f"{scale}__range": (0, 100)}),
                    name=f"alliance_rating_{scale}_range",
                )
                for scale in ("total", "bond", "task", "goal")
            ),
        ]

    def __str__(self) -> str:
        return f"rating of {self.session}"
