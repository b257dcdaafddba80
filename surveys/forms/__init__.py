"""The check-in as a form, and what is set about it."""

from surveys.forms.cadence import AskingForm, CadenceForm
from surveys.forms.check_in import COMMENT, SHARING, CheckInForm, as_initial

__all__ = [
    "COMMENT",
    "SHARING",
    "AskingForm",
    "CadenceForm",
    "CheckInForm",
    "as_initial",
]
