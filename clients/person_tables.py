"""Whose row is it: the tables of this app, all of which lead to a person."""

from alliance_match.person_tables import PersonTable
from clients.models import (
    Client,
    Consent,
    Episode,
    EpisodeEnding,
    Intake,
    Introduction,
    LastVisit,
    Mark,
    ProposedHour,
    Session,
    SignUp,
    StylePreference,
    Switch,
    TimeWindow,
    Wait,
    Wish,
)

OF_EPISODE = ("episode__client", "episode__therapist")

PERSON_TABLES = (
    PersonTable(Client, ("pk", "user"), part="you"),
    PersonTable(Consent, ("client",), part="consents"),
    PersonTable(Intake, ("client",), part="intake"),
    PersonTable(StylePreference, ("client",), part="style_preferences"),
    PersonTable(TimeWindow, ("client",), part="hours_that_suit"),
    PersonTable(Wish, ("client",), part="wishes"),
    PersonTable(Mark, ("client", "therapist"), part="marks"),
    PersonTable(Introduction, ("client", "therapist"), part="introductions"),
    PersonTable(ProposedHour, ("introduction__client", "introduction__therapist"), part="proposed_hours"),
    PersonTable(LastVisit, ("client",), part="suggestions_seen"),
    PersonTable(Wait, ("client", "therapist"), part="waiting_for"),
    PersonTable(Episode, ("client", "therapist"), part="episodes_of_care"),
    PersonTable(EpisodeEnding, (*OF_EPISODE, "meeting__therapist"), part="endings"),
    PersonTable(Switch, OF_EPISODE, part="looking_for_somebody_else"),
    PersonTable(Session, (*OF_EPISODE, "logged_by"), part="sessions"),
    PersonTable(SignUp, ("email",)),
)
IMPERSONAL_TABLES: dict[type, str] = {}
