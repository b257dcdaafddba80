"""Seeing others, and what becomes of the care that goes on meanwhile."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from therapists.models import Therapist


class OthersForm(forms.Form):
    """Nothing is ticked at first: without a word from the client nothing ends and nobody is told.

    Who does not read here cannot be told.
    """

    ends_episode = forms.BooleanField(required=False)
    notifies_therapist = forms.BooleanField(required=False)

    def __init__(self, *args: Any, therapist: Therapist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = {"name": therapist.name}
        fields: dict[str, Any] = self.fields
        fields["ends_episode"].label = (
            _("When somebody else has agreed to meet me, end my care with %(name)s then") % name
        )
        fields["notifies_therapist"].label = _("And let %(name)s know kindly, then") % name
        if therapist.user_id is None:
            del fields["notifies_therapist"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("notifies_therapist") and not given.get("ends_episode"):
            self.add_error(
                "notifies_therapist", _("This goes with an ending: tick the first one too, or neither.")
            )
        return given

    def chosen(self) -> dict[str, bool]:
        """What `switch_begin` takes. Only of a valid form."""
        return {name: self.cleaned_data.get(name, False) for name in ("ends_episode", "notifies_therapist")}
