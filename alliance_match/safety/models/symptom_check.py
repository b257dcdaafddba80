"""How a client has been, by a questionnaire about symptoms."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Client, Consent, Episode, Purpose
from surveys.models.instrument import Instrument
from surveys.scoring import Scores, score
from therapists.models import Therapist


class SymptomCheckQuerySet(ClinicQuerySet["SymptomCheck"]):
    """Phrases about symptom checks."""

    def shared_with(self, therapist: Therapist) -> Self:
        """Those that a client chose to share while in the therapist's care, and is still, newest first.

        Whoever withdraws the consent to share withdraws what was shared.
        """
        agreed = Consent.objects.in_force(Purpose.SHARE).filter(client=OuterRef("client"))
        then = Episode.objects.under_way(OuterRef("given_at__date"))
        treated = then.filter(client=OuterRef("client"), therapist=therapist)
        shared = self.filter(Exists(agreed), Exists(treated), shared_with_therapist=True)
        return shared.select_related("client", "instrument").order_by("-given_at", "-pk")


class SymptomCheck(models.Model):
    """The answers to one questionnaire, and what they come to; None stands for "rather not say".

    `sheet` names the form that was filled in, so that the same one sent twice is one. The estimator never
    reads these.
    """

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="symptom_checks")
    client = models.ForeignKey(Client, models.CASCADE, related_name="symptom_checks")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="symptom_checks")
    sheet = models.UUIDField()
    answers: "models.JSONField[dict[str, int | None], dict[str, int | None]]" = models.JSONField()
    total = models.FloatField(null=True)
    shared_with_therapist = models.BooleanField(default=False)
    given_at = models.DateTimeField(db_default=Now())

    objects = SymptomCheckQuerySet.as_manager()

    class Meta:
        db_table = "surveys_symptomcheck"
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "instrument", "sheet"], name="symptom_check_once"),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__gte=0), name="symptom_check_total_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} of {self.client}"

    @property
    def scores(self) -> Scores:
        """What the answers come to, by the instrument they were given to."""
        return score(self.instrument.definition, self.answers)
