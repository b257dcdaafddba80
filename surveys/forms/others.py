"""Seeing others, and what becomes of the care that goes on meanwhile."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from therapists.models import Therapist


class OthersForm(forms.Form):
    """Nothing is ticked at first: without a word from the client nothing ends and nobody is told.

    Who does not read here cannot be told.
    """

    ends = forms.BooleanField(required=False)
    tells = forms.BooleanField(required=False)

    def __init__(self, *args: Any, therapist: Therapist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = {"name": therapist.name}
        fields: dict[str, Any] = self.fields
        fields["ends"].label = (
            _("When somebody else has agreed to meet me, end my care with %(name)s then") % name
        )
        fields["tells"].label = _("And let %(name)s know kindly, then") % name
        if therapist.user_id is None:
            del fields["tells"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("tells") and not given.get("ends"):
            self.add_error("tells", _("This goes with an ending: tick the first one too, or neither."))
        return given

    def chosen(self) -> dict[str, bool]:
        """What `switch_begin` takes. Only of a valid form."""
        return {name: self.cleaned_data.get(name, False) for name in ("ends", "tells")}
