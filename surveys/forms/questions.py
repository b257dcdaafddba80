"""The items of an instrument as fields: a row of numbers between two ends, or a list of worded answers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from surveys.definition import scale_of
from surveys.models import Instrument

SKIP = "skip"


class ItemField(forms.TypedChoiceField):
    """One item: nothing preset, and "rather not say", which is None like no answer at all."""

    def __init__(self, steps: list[tuple[str, str]], label: str) -> None:
        super().__init__(
            choices=[*steps, (SKIP, _("rather not say"))],
            coerce=lambda value: None if value == SKIP else int(value),
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            label=label,
        )


class RowField(ItemField):
    """An item whose scale has words at its ends: its numbers in a row."""

    def __init__(self, scale: Mapping[str, Any], label: str) -> None:
        numbers = range(scale["lowest"], scale["highest"] + 1)
        self.low, self.high = (f"{scale[end]} · {scale[f'{end}_label']}" for end in ("lowest", "highest"))
        self.few = len(numbers) < len(range(11))
        super().__init__([(str(step), str(step)) for step in numbers], label)
        self.template_name = "_components/scale.html"


class WordedField(ItemField):
    """An item each of whose answers has words of its own."""

    def __init__(self, scale: Mapping[str, Any], label: str) -> None:
        super().__init__([(str(step["value"]), step["label"]) for step in scale["answers"]], label)


class ItemsForm(forms.Form):
    """An instrument's items, in order, before the fields of the form itself; one must be answered."""

    def __init__(self, *args: Any, instrument: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        definition = instrument.definition
        self.instrument = instrument
        self.items = [item["key"] for item in definition["items"]]
        own = {
            item["key"]: item_field(scale_of(definition, item), item["text"]) for item in definition["items"]
        }
        self.fields = own | self.fields

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and all(cleaned.get(key) is None for key in self.items):
            raise ValidationError(
                _("Please answer at least one of the questions, or simply close this page.")
            )
        return cleaned

    def answers(self) -> dict[str, int | None]:
        """The answers by item; None where the client would rather not say. Only of a valid form."""
        return {key: self.cleaned_data.get(key) for key in self.items}


def item_field(scale: Mapping[str, Any], label: str) -> ItemField:
    """The field of one item on this scale."""
    return WordedField(scale, label) if "answers" in scale else RowField(scale, label)
