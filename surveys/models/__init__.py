"""Instruments as data, answers to them, the ratings they become, how clients are asked, and what follows."""

from surveys.models.bond_alert_notice import BondAlertNotice
from surveys.models.bond_alert_outcome import BondAlertOutcome
from surveys.models.cadence import Cadence
from surveys.models.flag import Flag
from surveys.models.instrument import AllianceChoice, Declaration, Instrument, SwitchedOff
from surveys.models.invitation import Invitation
from surveys.models.note import Note
from surveys.models.rating import AllianceRating
from surveys.models.rating_norm import RatingNorm
from surveys.models.recheck import Recheck
from surveys.models.response import Response

__all__ = [
    "AllianceChoice",
    "AllianceRating",
    "BondAlertNotice",
    "BondAlertOutcome",
    "Cadence",
    "Declaration",
    "Flag",
    "Instrument",
    "Invitation",
    "Note",
    "RatingNorm",
    "Recheck",
    "Response",
    "SwitchedOff",
]
