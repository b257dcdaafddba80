"""Instruments that come with the project, from files into the database."""

from pathlib import Path

from django.db import transaction

from surveys.instrument_reading import instrument_read
from surveys.models import Instrument

SHIPPED = Path(__file__).resolve().parent.parent / "instruments"


@transaction.atomic
def instruments_install() -> list[Instrument]:
    """Put the shipped instrument files into the database; those already there stay as they are."""
    return [_install(path.read_bytes()) for path in sorted(SHIPPED.glob("*.json"))]


def _install(data: bytes) -> Instrument:
    file = instrument_read(data)
    instrument, _ = Instrument.objects.get_or_create(
        clinic=None,
        code=file.code,
        version=file.version,
        defaults={**file.columns, "definition": dict(file.definition)},
    )
    return instrument
