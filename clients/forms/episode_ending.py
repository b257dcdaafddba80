"""Ending an episode of care: one tap, with or without a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Role
from clients.models import Episode
from therapists.models import Therapist

Ending = Episode.Ending
UNSAID = "unsaid"
# A client says it of themselves; the words of the choices are the clinic's.
OF_ONESELF = {
    Ending.COMPLETED: _("We did what we set out to do"),
    Ending.SWITCHED: _("I continue with someone else"),
    Ending.STOPPED: _("I would like to stop for now"),
    Ending.OUTSIDE: _("I move, or money decides it"),
}


class EpisodeEndingForm(forms.Form):
    """The reason is the button that is pressed; only a client may let a reader know kindly."""

    ending = forms.ChoiceField(error_messages={"required": _("Press one of these.")})
    notifies_therapist = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, role: str, therapist: Therapist) -> None:
        super().__init__(data)
        words = OF_ONESELF if role == Role.CLIENT else dict(Ending.choices)
        fields: dict[str, Any] = self.fields
        fields["ending"].choices = [*words.items(), (UNSAID, _("I would rather not say"))]
        fields["notifies_therapist"].label = _("Let %(name)s know kindly") % {"name": therapist.name}
        if role != Role.CLIENT or therapist.user_id is None:
            del fields["notifies_therapist"]

    def given(self) -> dict[str, Any]:
        """The arguments of `episode_end`. Only of a valid form."""
        ending = self.cleaned_data["ending"]
        return {
            "ending": "" if ending == UNSAID else ending,
            "notifies_therapist": self.cleaned_data.get("notifies_therapist", False),
        }
