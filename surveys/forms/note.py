"""A client's words to their therapist."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from alliance_match.vocabulary import SOMETHING_SAID
from surveys.models.note import NOTE_LENGTH

OPENINGS = {
    _("Something is missing"): _(
        "I’d like to talk about how we work together. Something doesn’t feel right yet, and I can’t quite "
        "say what it is."
    ),
    _("I hold back"): _(
        "I notice that I hold back here. It would help me if you asked me about that, and if we took our "
        "time."
    ),
    _("I’d like a plan"): _(
        "I’d like to know better what we are working on, and how we will notice that it helps. Could we "
        "make a plan together?"
    ),
    _("I felt misunderstood"): _(
        "Something you said stayed with me, and I felt misunderstood. I’d like to come back to it."
    ),
}


class NoteForm(forms.Form):
    """Words to begin with, to be changed as one likes."""

    text = forms.CharField(
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 6, "maxlength": None}),
        label=_("Your words"),
        help_text=_("Change them as you like: they are only a beginning."),
        error_messages={"required": _("Write a word or two first.")},
        validators=[RegexValidator(SOMETHING_SAID, _("Add a word or two."))],
    )


def with_opening(number: str, written: str) -> str:
    """What is written, after another beginning; a beginning that was left as it was makes room for it."""
    openings = [str(words) for words in OPENINGS.values()]
    opening = {str(n): words for n, words in enumerate(openings)}.get(number, "")
    own = "" if " ".join(written.split()) in openings else written.strip()
    return "\n\n".join(filter(None, [opening, own]))


def first_opening() -> dict[str, Any]:
    """What the form begins with where nothing is kept."""
    return {"text": next(iter(OPENINGS.values()))}
