"""The check-in as a form, what is set about it, and what an admin fills in about instruments."""

from surveys.forms.cadence import AskingForm, CadenceForm
from surveys.forms.check_in import COMMENT, SHARING, CheckInForm, as_initial
from surveys.forms.instruments import BringForm, DeclarationForm
from surveys.forms.session import CalendarForm, FoundForm, HeldOnForm, code_of

__all__ = [
    "COMMENT",
    "SHARING",
    "AskingForm",
    "BringForm",
    "CadenceForm",
    "CalendarForm",
    "CheckInForm",
    "DeclarationForm",
    "FoundForm",
    "HeldOnForm",
    "as_initial",
    "code_of",
]
