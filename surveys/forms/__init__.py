"""The check-in as a form, what is set about it, what a client decides, and what staff fills in."""

from surveys.forms.cadence import AskingForm, CadenceForm
from surveys.forms.check_in import COMMENT, SHARING, CheckInForm, as_initial
from surveys.forms.instruments import BringForm, DeclarationForm
from surveys.forms.note import OPENINGS, NoteForm, first_opening, with_opening
from surveys.forms.others import OthersForm

__all__ = [
    "COMMENT",
    "OPENINGS",
    "SHARING",
    "AskingForm",
    "BringForm",
    "CadenceForm",
    "CheckInForm",
    "DeclarationForm",
    "NoteForm",
    "OthersForm",
    "as_initial",
    "first_opening",
    "with_opening",
]
