"""What a file says about an instrument, whatever format it is in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = {
    "title": 120,
    "licence": 120,
    "rights_holder": 200,
    "source": 300,
    "attribution": 500,
}
TRUTHS = ("may_ship", "verbatim", "validated")
COLUMNS = (*LONGEST, *TRUTHS)
DEFINITION = ("language", "purpose", "loinc", "stem", "scale", "items", "subscales", "total")


@dataclass(frozen=True)
class InstrumentFile:
    """What a file says: the name of the version, what is known about it, and its definition."""

    code: str
    version: int
    columns: Mapping[str, Any]
    definition: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The content of the file in our own format, in its usual order."""
        parts = {name: self.definition[name] for name in DEFINITION if name in self.definition}
        return {"code": self.code, "version": self.version, **self.columns, **parts}
