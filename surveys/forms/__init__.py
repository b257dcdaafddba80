"""The check-in as a form, and what an admin fills in about instruments."""

from surveys.forms.check_in import READERS, SHARING, CheckInForm
from surveys.forms.instruments import BringForm, DeclarationForm

__all__ = ["READERS", "SHARING", "BringForm", "CheckInForm", "DeclarationForm"]
