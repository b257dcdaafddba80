"""Instruments as data, answers given to them, and the alliance ratings they become."""

from surveys.models.instrument import AllianceChoice, Declaration, Instrument, SwitchedOff
from surveys.models.rating import AllianceRating
from surveys.models.response import Response

__all__ = ["AllianceChoice", "AllianceRating", "Declaration", "Instrument", "Response", "SwitchedOff"]
