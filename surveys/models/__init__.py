"""Instruments as data, answers given to them, and the alliance ratings they become."""

from surveys.models.instrument import Instrument
from surveys.models.rating import AllianceRating
from surveys.models.response import Response

__all__ = ["AllianceRating", "Instrument", "Response"]
