"""What the four steps of the intake have in common."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise

from clients.models import Client, Intake
from clients.services import Answers

EMPTY: tuple[Any, ...] = (None, "", [])


class IntakeStepForm(forms.Form):
    """One step of a client's intake, filled with what they answered before; every answer may be missing.

    `title` is its word in the row of steps, `heading` stands above it.
    """

    title: ClassVar[Promise]
    heading: ClassVar[Promise]

    def __init__(self, data: QueryDict | None = None, *, client: Client) -> None:
        self.client = client
        self.intake = getattr(client, "intake", None) or Intake(client=client)
        super().__init__(data, initial=self.stored())

    def stored(self) -> dict[str, Any]:
        """What was answered before, by field."""
        return {name: getattr(self.intake, name) for name in self.base_fields if hasattr(self.intake, name)}

    def answers_in_words(self) -> list[tuple[Any, str]]:
        """What was answered before in words, with the label of each field that has an answer."""
        filled = ((name, self.initial.get(name)) for name in self.fields)
        return [
            (self.fields[name].label, in_words(self.fields[name], value))
            for name, value in filled
            if value not in EMPTY
        ]

    def answers(self) -> Answers:
        """What is answered now. Only of a valid form."""
        return Answers(dict(self.cleaned_data))


def in_words(field: forms.Field, value: Any) -> str:
    """An answer as a person would say it."""
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        words = {str(key): str(word) for key, word in choices}
        return ", ".join(words[str(one)] for one in (value if isinstance(value, list) else [value]))
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, Decimal):
        return number_format(value, 0 if value == int(value) else 2)
    return str(value)
