"""Who searches for a therapist, what they asked for, and the care that came of it."""

from clients.models.client import Client, Consent, Purpose
from clients.models.episode import Episode
from clients.models.episode_ending import EpisodeEnding
from clients.models.intake import Intake, StylePreference, TimeWindow, Wish
from clients.models.introduction import Introduction, ProposedHour
from clients.models.last_visit import LastVisit
from clients.models.mark import Mark
from clients.models.session import Session
from clients.models.sign_up import SignUp
from clients.models.switch import Switch
from clients.models.wait import Wait

__all__ = [
    "Client",
    "Consent",
    "Episode",
    "EpisodeEnding",
    "Intake",
    "Introduction",
    "LastVisit",
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
