"""The check-in as a form."""

from surveys.forms.check_in import COMMENT, SHARING, CheckInForm, as_initial

__all__ = [
    "COMMENT",
    "SHARING",
    "CheckInForm",
    "as_initial",
]
