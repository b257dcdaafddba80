"""Instruments as data, answers given to them, the ratings they become, and how clients are asked."""

from surveys.models.cadence import Cadence
from surveys.models.instrument import AllianceChoice, Declaration, Instrument, SwitchedOff
from surveys.models.invitation import Invitation
from surveys.models.rating import AllianceRating
from surveys.models.response import Response

__all__ = [
    "AllianceChoice",
    "AllianceRating",
    "Cadence",
    "Declaration",
    "Instrument",
    "Invitation",
    "Response",
    "SwitchedOff",
]
