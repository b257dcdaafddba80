"""One version of one instrument, kept for ever as it was answered, and who may use it."""

from datetime import date
from functools import lru_cache
from typing import Any, Self

from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from alliance_match.accounts.models import Clinic, User
from alliance_match.accounts.querysets import ClinicQuerySet
from surveys.danger import is_acted_on
from surveys.definition import InstrumentPurpose
from surveys.instrument_file import COLUMNS, InstrumentFile

DEFAULT = "alliance-check"
# An answer that tells of danger needs somebody who acts on it, and a page that hears it.
NEEDS_SOMEBODY = Q(definition__items__contains=[{"opens": {"what": "crisis"}}])
# Every version that a clinic knows, newest first: whether it may be asked, and is what the clinic chose. What
# a version says is not read with it: it never changes, and each process knows it.
IN_USE = """
    SELECT one.id, CASE WHEN one.clinic_id IS NULL THEN NOT EXISTS (
            SELECT FROM surveys_switchedoff AS off
            WHERE off.clinic_id = %(clinic)s AND off.instrument_id = one.id)
        ELSE EXISTS (
            SELECT FROM surveys_declaration AS declared
            WHERE declared.instrument_id = one.id AND declared.switched_on IS NOT NULL
            AND (declared.expires_on IS NULL OR declared.expires_on >= %(today)s)) END,
        EXISTS (SELECT FROM surveys_alliancechoice AS choice
            WHERE choice.clinic_id = %(clinic)s AND choice.code = one.code)
    FROM surveys_instrument AS one
    WHERE one.clinic_id IS NULL OR one.clinic_id = %(clinic)s ORDER BY one.version DESC
"""


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

    def with_use(self, clinic: Clinic) -> Self:
        """The clinic's, each with `is_on`: whether the clinic may ask it today, and `needs_somebody`.

        A shipped one is on until it is switched off, an own one while a declaration in force switches it on.
        """
        off = SwitchedOff.objects.in_clinic(clinic).filter(instrument=OuterRef("pk"))
        declared = Declaration.objects.in_force(clinic).filter(
            instrument=OuterRef("pk"), switched_on__isnull=False
        )
        on = (Q(clinic__isnull=True) & ~Exists(off)) | (Q(clinic=clinic) & Exists(declared))
        heard = Q(definition__purpose=InstrumentPurpose.SYMPTOMS)
        alone = NEEDS_SOMEBODY & ~(heard & is_acted_on(clinic))
        found = self.for_clinic(clinic).annotate(needs_somebody=_as_boolean(alone))
        return found.annotate(is_on=_as_boolean(on & ~alone))

    def waiting_for_somebody(self, clinic: Clinic) -> Self:
        """Those that the clinic may not ask before it names somebody who acts on the answers."""
        return self.with_use(clinic).filter(needs_somebody=True)

    def in_use(self, clinic: Clinic) -> Self:
        """Those that the clinic may ask today."""
        return self.with_use(clinic).filter(is_on=True)

    def alliance_of(self, clinic: Clinic, language: str = "") -> "Instrument":
        """The one asked after sessions: the clinic's choice while it may be used, else the Alliance Check.

        Where a version of it in `language` is in use (its code ends in that), it is that one.
        """
        with connection.cursor() as cursor:
            cursor.execute(IN_USE, {"clinic": clinic.pk, "today": clinic_today(clinic)})
            rows = [(instrument_version(pk), is_on, is_chosen) for pk, is_on, is_chosen in cursor]
        known = [row for row in rows if row[0].purpose == InstrumentPurpose.ALLIANCE]
        usable = [(one, is_chosen) for one, is_on, is_chosen in known if is_on and not one.tells_of_danger]
        shipped = (one for one, *_ in known if one.clinic_id is None and one.code == DEFAULT)
        found = next((one for one, is_chosen in usable if is_chosen), None) or next(shipped)
        alike = f"{found.code}-{language}"
        return next((one for one, _ in usable if language and one.code == alike), found)


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
    is_on: bool  # where it was read `with_use()`

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
    def tells_of_danger(self) -> bool:
        """Whether an answer to it may, so that somebody has to act on it."""
        return any(item.get("opens", {}).get("what") == "crisis" for item in self.definition["items"])

    def is_for_alliance(self, clinic: Clinic) -> bool:
        """Whether it is the clinic's, or a shipped one, and measures the alliance."""
        return self.clinic_id in {None, clinic.pk} and self.purpose == InstrumentPurpose.ALLIANCE

    @property
    def file(self) -> InstrumentFile:
        """All that a file says about this version."""
        columns = {name: getattr(self, name) for name in COLUMNS}
        return InstrumentFile(self.code, self.version, columns, self.definition)


@lru_cache(maxsize=500)
def instrument_version(pk: int) -> Instrument:
    """A version by its key, read once a process, for a version never changes. Raises DoesNotExist."""
    return Instrument.objects.get(pk=pk)


class DeclarationQuerySet(ClinicQuerySet["Declaration"]):
    """Phrases about declarations."""

    clinic_path = "instrument__clinic"

    def in_force(self, clinic: Clinic) -> Self:
        """The clinic's that have not run out, by its own calendar."""
        today = clinic_today(clinic)
        return self.in_clinic(clinic).filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))


class Declaration(models.Model):
    """A clinic's word that it may use an instrument of its own, until a day or for good.

    The instrument is switched on by a day in `switched_on`: without a declaration there is no switch.
    """

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="declarations")
    declared_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    declared_name = models.CharField(max_length=254)
    rights_holder = models.CharField(max_length=200)
    licence_number = models.CharField(max_length=120, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    switched_on = models.DateField(null=True, blank=True)
    declared_at = models.DateTimeField(db_default=Now())

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(switched_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(switched_on__lte=F("expires_on")),
                name="declaration_switched_on_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declared_name} for {self.instrument}"

    @property
    def is_over(self) -> bool:
        """Whether it has run out, by the calendar of whoever looks."""
        return self.expires_on is not None and self.expires_on < timezone.localdate()


class SwitchedOff(models.Model):
    """A shipped instrument that a clinic does not want."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="switched_off")
    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="switched_off")

    objects = ClinicQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "instrument"], name="switched_off_once"),
        ]

    def __str__(self) -> str:
        return f"{self.clinic} without {self.instrument}"


class AllianceChoice(models.Model):
    """The instrument that a clinic asks after sessions, whatever its version."""

    clinic = models.OneToOneField(Clinic, models.CASCADE, related_name="alliance_choice")
    code = models.SlugField(max_length=60)

    objects = ClinicQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.clinic} asks {self.code}"


def _as_boolean(condition: Q) -> "models.ExpressionWrapper[Q]":
    return models.ExpressionWrapper(condition, output_field=models.BooleanField())


def clinic_today(clinic: Clinic) -> date:
    """The day it is where the clinic is."""
    return timezone.localdate(timezone=clinic.zone)
