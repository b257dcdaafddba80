"""One version of one instrument, kept for ever as it was answered."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from alliance_match.accounts.models import Clinic
from surveys.definition import InstrumentPurpose
from surveys.instrument_file import COLUMNS, InstrumentFile

DEFAULT = "alliance-check"


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    """Phrases about instruments."""

    def for_clinic(self, clinic: Clinic) -> Self:
        """The shipped ones and the clinic's own."""
        return self.filter(Q(clinic__isnull=True) | Q(clinic=clinic))

    def for_alliance(self) -> Self:
        """Those that measure the alliance; ratings are made with no other."""
        return self.filter(definition__purpose=InstrumentPurpose.ALLIANCE)

    def newest(self, code: str) -> "Instrument":
        """The newest version of an instrument. Raises DoesNotExist."""
        return self.filter(code=code).latest("version")


class Instrument(models.Model):
    """A versioned instrument: `definition` holds stem, scale, items and scoring rules (see `definition.py`).

    Shipped instruments belong to no clinic. A row is never changed once it was answered: a correction is a
    new version.
    """

    clinic = models.ForeignKey(Clinic, models.CASCADE, null=True, blank=True, related_name="instruments")
    code = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    licence = models.CharField(max_length=120)
    rights_holder = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    attribution = models.CharField(max_length=500)
    may_ship = models.BooleanField(default=False)
    verbatim = models.BooleanField(default=True)
    validated = models.BooleanField(default=False)
    definition: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "code", "version"], nulls_distinct=False, name="instrument_version_once"
            ),
            models.CheckConstraint(
                condition=Q(clinic__isnull=False) | Q(may_ship=True),
                name="instrument_shipped_only_if_allowed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def purpose(self) -> InstrumentPurpose:
        """What it is asked for."""
        return InstrumentPurpose(self.definition["purpose"])

    @property
    def file(self) -> InstrumentFile:
        """All that a file says about this version."""
        columns = {name: getattr(self, name) for name in COLUMNS}
        return InstrumentFile(self.code, self.version, columns, self.definition)
