"""Whose row is it: the tables of this app that lead to a person, or to none."""

from alliance_match.person_tables import PersonTable
from surveys.models import (
    AllianceChoice,
    AllianceRating,
    BondAlertNotice,
    BondAlertOutcome,
    Cadence,
    Declaration,
    Flag,
    Instrument,
    Invitation,
    Note,
    RatingNorm,
    Recheck,
    Response,
    SwitchedOff,
)

OF_SESSION = ("session__episode__client", "session__episode__therapist")
OF_EPISODE = ("episode__client", "episode__therapist")

PERSON_TABLES = (
    PersonTable(Cadence, ("client",), part="how_often_asked"),
    PersonTable(Invitation, OF_SESSION, part="invitations"),
    PersonTable(Response, OF_SESSION, part="check_ins"),
    PersonTable(AllianceRating, OF_SESSION, part="alliance_ratings"),
    PersonTable(Recheck, OF_EPISODE, part="one_more_session"),
    PersonTable(Note, OF_EPISODE, part="words_to_a_therapist"),
    PersonTable(BondAlertOutcome, OF_EPISODE, part="what_a_therapist_noted"),
    PersonTable(BondAlertNotice, OF_EPISODE, part="mails_to_a_therapist"),
    PersonTable(Flag, tuple(f"rating__{way}" for way in OF_SESSION), part="flags"),
    PersonTable(Declaration, ("declared_by",)),
)
IMPERSONAL_TABLES = {
    Instrument: "a questionnaire as it was printed",
    SwitchedOff: "what a clinic does not ask",
    AllianceChoice: "what a clinic asks after sessions",
    RatingNorm: "figures of a clinic's ratings, of a hundred or more",
}
