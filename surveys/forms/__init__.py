"""The check-in as a form, and what is set about it."""

from surveys.forms.cadence import AskingForm, CadenceForm
from surveys.forms.check_in import COMMENT, SHARING, CheckInForm, as_initial
from surveys.forms.session import CalendarForm, FoundForm, HeldOnForm, code_of

__all__ = [
    "COMMENT",
    "SHARING",
    "AskingForm",
    "CadenceForm",
    "CalendarForm",
    "CheckInForm",
    "FoundForm",
    "HeldOnForm",
    "as_initial",
    "code_of",
]
