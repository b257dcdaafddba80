"""A clinic brings an instrument of its own, and gives its word that it may use it."""

from datetime import date
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance_match.accounts.models import Clinic, User
from alliance_match.audit.services import event_record
from surveys.instrument_file import InstrumentFile
from surveys.instrument_reading import instrument_read
from surveys.models import Declaration, Instrument
from surveys.models.instrument import clinic_today
from surveys.node import DefinitionError


class LicenceRights(TypedDict):
    """On what a clinic's right to use an instrument stands."""

    rights_holder: str
    licence_number: str
    expires_on: date | None


@transaction.atomic
def instrument_bring(*, clinic: Clinic, data: bytes, rights: LicenceRights, by: User) -> Instrument:
    """Store a file as an instrument of the clinic's, with the declaration; it is not switched on by that.

    The same file again changes nothing but the declaration. Raises DefinitionError for one that is malformed,
    or that says something else than the version that is there.
    """
    file = instrument_read(data)
    if Instrument.objects.filter(clinic__isnull=True, code=file.code).exists():
        raise DefinitionError("code", _("an instrument that comes with Alliance Match has this code"))
    instrument, new = _instrument_stored(clinic, file)
    if instrument.file != file:
        words = _("this version is there already and says something else; a correction is the next version")
        raise DefinitionError("version", words)
    if new:
        event_record(by=by, verb="instrument_bring", of=instrument, clinic_id=clinic.pk)
    licence_declare(instrument=instrument, rights=rights, by=by)
    return instrument


@transaction.atomic
def licence_declare(*, instrument: Instrument, rights: LicenceRights, by: User) -> Declaration:
    """Note that somebody declares the clinic's right; what is switched on stays so under it.

    The same declaration twice is one. Raises ValueError for a shipped instrument, which needs none.
    """
    if instrument.clinic is None:
        raise ValueError(f"{instrument} is shipped and needs no declaration")
    in_force = Declaration.objects.in_force(instrument.clinic).filter(instrument=instrument)
    said = {"declared_by": by, "declared_name": str(by), **rights}
    same = in_force.filter(**said).first()
    if same is not None:
        return same
    on = in_force.filter(switched_on__isnull=False).exists()
    day = clinic_today(instrument.clinic) if on else None
    made = Declaration.objects.create(instrument=instrument, switched_on=day, **said)
    event_record(by=by, verb="licence_declare", of=made, clinic_id=instrument.clinic_id)
    return made


def _instrument_stored(clinic: Clinic, file: InstrumentFile) -> tuple[Instrument, bool]:
    """The clinic's row of this version, and whether it was made just now, whoever else is making it."""
    values = {**file.columns, "definition": file.definition}
    key = {"clinic": clinic, "code": file.code, "version": file.version}
    try:
        with transaction.atomic():
            return Instrument.objects.get_or_create(**key, defaults=values)
    except IntegrityError:
        return Instrument.objects.get(**key), False
