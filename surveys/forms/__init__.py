"""The check-in as a form."""

from surveys.forms.check_in import READERS, SHARING, CheckInForm

__all__ = ["READERS", "SHARING", "CheckInForm"]
