"""Instruments that come with the project, from files into the database."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from surveys.models import Instrument

SHIPPED = Path(__file__).resolve().parent.parent / "instruments"
COLUMNS = ("title", "licence", "rights_holder", "source", "attribution", "may_ship", "verbatim")
DEFINITION = ("language", "stem", "scale", "items", "facet_needs", "total_needs")


@transaction.atomic
def instruments_install() -> list[Instrument]:
    """Put the shipped instrument files into the database; those already there stay as they are."""
    return [_install(json.loads(path.read_text("utf-8"))) for path in sorted(SHIPPED.glob("*.json"))]


def _install(file: Mapping[str, Any]) -> Instrument:
    instrument, _ = Instrument.objects.get_or_create(
        clinic=None,
        code=file["code"],
        version=file["version"],
        defaults={name: file[name] for name in COLUMNS} | {"definition": {k: file[k] for k in DEFINITION}},
    )
    return instrument
