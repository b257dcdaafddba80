"""The check-in as a form, and what a client decides about a bond."""

from surveys.forms.check_in import READERS, SHARING, CheckInForm
from surveys.forms.instruments import BringForm, DeclarationForm
from surveys.forms.others import OthersForm
from surveys.forms.words import OPENINGS, WordsForm, begun_with, first_words

__all__ = [
    "OPENINGS",
    "READERS",
    "SHARING",
    "BringForm",
    "CheckInForm",
    "DeclarationForm",
    "OthersForm",
    "WordsForm",
    "begun_with",
    "first_words",
]
