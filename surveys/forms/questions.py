"""The items of an instrument as fields: a row of numbers between two ends, or a list of worded answers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.definition import Definition, scale_of

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


def item_fields(definition: Definition) -> dict[str, forms.Field]:
    """The field of each item by its key, in order."""
    return {item["key"]: item_field(scale_of(definition, item), item["text"]) for item in definition["items"]}


def item_field(scale: Mapping[str, Any], label: str) -> ItemField:
    """The field of one item on this scale."""
    return WordedField(scale, label) if "answers" in scale else RowField(scale, label)
