"""Instruments that come with the project, from files into the database."""

from pathlib import Path

from django.db import transaction

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from surveys.instrument_reading import instrument_read
from surveys.models import Instrument

SHIPPED = Path(__file__).resolve().parent.parent / "instruments"


@transaction.atomic
def instruments_install(*, by: Actor) -> list[Instrument]:
    """Put the shipped instrument files into the database; those already there stay as they are."""
    return [_instrument_install(path.read_bytes(), by) for path in sorted(SHIPPED.glob("*.json"))]


def _instrument_install(data: bytes, by: Actor) -> Instrument:
    file = instrument_read(data)
    instrument, new = Instrument.objects.get_or_create(
        clinic=None,
        code=file.code,
        version=file.version,
        defaults={**file.columns, "definition": dict(file.definition)},
    )
    if new:
        event_record(by=by, verb="instruments_install", of=instrument, clinic_id=None)
    return instrument
