"""The check-in as a form, built from the instrument it belongs to."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from surveys.models import Instrument, Response

SKIP = "skip"
SESSION_OF_THE_FORK = 3
SHARING = ("wants_to_talk", "shared_with_therapist", "comment", "comment_reader")
# A comment is offered only to whoever has a page on which to read it.
READERS = [(reader.value, reader.label) for reader in (Response.Reader.NOBODY, Response.Reader.THERAPIST)]


class CheckInForm(forms.Form):
    """One radio row an item, with "rather not say"; the bond question at session three only.

    Nothing can be told to the therapist without the client's consent to share (`may_share`).
    """

    wants_to_talk = forms.BooleanField(required=False, label=_("I’d like to talk about how we work together"))
    comment = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), label=_("Anything to add?")
    )
    comment_reader = forms.ChoiceField(
        choices=READERS,
        initial=Response.Reader.NOBODY,
        widget=forms.RadioSelect,
        label=_("Who may read it?"),
    )
    shared_with_therapist = forms.BooleanField(required=False, label=_("Share the result with my therapist"))

    def __init__(
        self, *args: Any, instrument: Instrument, session_number: int, may_share: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = [item["key"] for item in instrument.definition["items"]]
        own: dict[str, forms.Field] = {
            item["key"]: item_field(item["text"], instrument) for item in instrument.definition["items"]
        }
        if session_number == SESSION_OF_THE_FORK:
            own["bond"] = bond_field()
        told = {name: field for name, field in self.fields.items() if may_share}
        self.fields = own | told

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and all(cleaned.get(key) is None for key in self.items):
            raise ValidationError(
                _("Please answer at least one of the questions, or simply close this page.")
            )
        return cleaned

    def answers(self) -> dict[str, int | None]:
        """The answers by item; None where the client would rather not say."""
        return {key: self.cleaned_data.get(key) for key in self.items}

    def extras(self) -> dict[str, Any]:
        """What is not scored."""
        return {name: self.cleaned_data[name] for name in (*SHARING, "bond") if name in self.cleaned_data}


def item_field(text: str, instrument: Instrument) -> forms.TypedChoiceField:
    """The field of one item: its scale, nothing preset."""
    scale = instrument.definition["scale"]
    steps = [(str(step), str(step)) for step in range(scale["lowest"], scale["highest"] + 1)]
    return forms.TypedChoiceField(
        choices=[*steps, (SKIP, _("rather not say"))],
        coerce=lambda value: None if value == SKIP else int(value),
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        label=text,
    )


def bond_field() -> forms.TypedChoiceField:
    """The question of session three."""
    return forms.TypedChoiceField(
        coerce=lambda value: "" if value == SKIP else value,
        empty_value="",
        choices=[*Response.Bond.choices, (SKIP, _("rather not say"))],
        required=False,
        widget=forms.RadioSelect,
        label=_("Is this a bond you can build on?"),
    )
