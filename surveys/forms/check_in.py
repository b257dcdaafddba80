"""The check-in as a form, built from the instrument it belongs to."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Session
from surveys.form_seal import FormSeal, seal
from surveys.forms.questions import SKIP, ItemsForm
from surveys.models import Instrument, Response
from surveys.models.rating import THIRD

SHARING = ("wants_to_talk", "shared_with_therapist")
COMMENT = ("comment", "comment_reader")
Reader = Response.Reader


class CheckInForm(ItemsForm):
    """One radio row an item, with "rather not say"; the bond question at session three only.

    A comment may go to `readers`. Nothing is shared with the therapist unless they are among them. `shown`
    says which version of the instrument was on the screen, and since when.
    """

    wants_to_talk = forms.BooleanField(required=False, label=_("I’d like to talk about how we work together"))
    shared_with_therapist = forms.BooleanField(required=False, label=_("Share the result with my therapist"))
    comment = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), label=_("Anything to add?")
    )
    comment_reader = forms.ChoiceField(
        initial=Reader.NOBODY, widget=forms.RadioSelect, label=_("Who may read it?")
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        instrument: Instrument,
        session: Session,
        readers: Collection[Reader],
        shown: FormSeal | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        begin = {"shown": seal(session, instrument)} if data is None else {}
        super().__init__(data, instrument=instrument, initial=begin | dict(initial or {}))
        self.rendered = shown
        if session.number == THIRD:
            self.fields["bond"] = bond_field()
            self.order_fields([*self.items, "bond"])
        if Reader.THERAPIST not in readers:
            for name in SHARING:
                del self.fields[name]
        readable: Any = self.fields["comment_reader"]
        readable.choices = [(reader.value, reader.label) for reader in Reader if reader in readers]

    def extras(self) -> dict[str, Any]:
        """What is not scored. What cannot be shared with the therapist is shared no more, either."""
        sharing = {name: self.cleaned_data.get(name, False) for name in SHARING}
        return sharing | {name: self.cleaned_data[name] for name in (*COMMENT, "bond") if name in self.fields}

    def seconds(self) -> float | None:
        """How long the form lay open, where it says when it was shown."""
        return self.rendered.seconds if self.rendered else None


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


def as_initial(response: Response) -> dict[str, Any]:
    """What was answered, as the form shows it."""
    answers = {key: SKIP if value is None else str(value) for key, value in response.answers.items()}
    extras = {name: getattr(response, name) for name in (*SHARING, *COMMENT)}
    return answers | extras | {"bond": response.bond or SKIP}
