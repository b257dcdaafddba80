"""Who looks for a therapist, what they asked for, and the care that came of it."""

from clients.models.care import Episode, Session
from clients.models.client import Client, Consent, Purpose
from clients.models.intake import Intake, StylePreference, TimeWindow, Wish
from clients.models.mark import Mark

__all__ = [
    "Client",
    "Consent",
    "Episode",
    "Intake",
    "Mark",
    "Purpose",
    "Session",
    "StylePreference",
    "TimeWindow",
    "Wish",
]
