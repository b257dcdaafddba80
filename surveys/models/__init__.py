"""Instruments as data, answers to them, the alliance ratings they become, and what follows from those."""

from surveys.models.flag import Flag
from surveys.models.instrument import AllianceChoice, Declaration, Instrument, SwitchedOff
from surveys.models.note import Note
from surveys.models.outcome import Outcome
from surveys.models.rating import AllianceRating
from surveys.models.recheck import Recheck
from surveys.models.response import Response

__all__ = [
    "AllianceChoice",
    "AllianceRating",
    "Declaration",
    "Flag",
    "Instrument",
    "Note",
    "Outcome",
    "Recheck",
    "Response",
    "SwitchedOff",
]
