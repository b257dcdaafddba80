"""Who looks for a therapist, what they asked for, and the care that came of it."""

from clients.models.care import Episode, Session
from clients.models.client import Client, Consent, Purpose
from clients.models.intake import Intake, StylePreference, TimeWindow, Wish

__all__ = [
    "Client",
    "Consent",
    "Episode",
    "Intake",
    "Purpose",
    "Session",
    "StylePreference",
    "TimeWindow",
    "Wish",
]
