"""Who looks for a therapist, what they asked for, and the care that came of it."""

from clients.models.care import Episode, Session
from clients.models.client import Client, Consent, Purpose
from clients.models.closing import Closing
from clients.models.intake import Intake, StylePreference, TimeWindow, Wish
from clients.models.introduction import Introduction, ProposedHour
from clients.models.look import Look
from clients.models.mark import Mark
from clients.models.sign_up import SignUp
from clients.models.switch import Switch
from clients.models.wait import Wait

__all__ = [
    "Client",
    "Closing",
    "Consent",
    "Episode",
    "Intake",
    "Introduction",
    "Look",
    "Mark",
    "ProposedHour",
    "Purpose",
    "Session",
    "SignUp",
    "StylePreference",
    "Switch",
    "TimeWindow",
    "Wait",
    "Wish",
]
