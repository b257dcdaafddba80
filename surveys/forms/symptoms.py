"""A questionnaire about symptoms as a form, built from the instrument."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from surveys.forms.questions import item_fields
from surveys.models import Instrument
from surveys.symptoms import danger_steps


class SymptomForm(forms.Form):
    """One field an item, nothing preset, each may be skipped.

    An answer that may tell of danger goes to `hear_at` the moment it is chosen, alone, where there is
    JavaScript; what comes back stands beside the question.
    """

    shared = forms.BooleanField(required=False, label=_("Share the result with my therapist"))

    def __init__(
        self, *args: Any, instrument: Instrument, hear_at: str, may_share: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        items = item_fields(instrument.definition)
        self.items = list(items)
        self.fields = items | ({"shared": self.fields["shared"]} if may_share else {})
        self.danger = danger_steps(instrument)
        for key, steps in self.danger.items():
            self.fields[key].widget.attrs |= {
                "data-danger-from": steps.start,
                "hx-post": hear_at,
                "hx-trigger": "change",
                "hx-params": f"{key},sheet,csrfmiddlewaretoken",
                "hx-target": "#heard",
                "hx-select": ".crisis",
            }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and all(cleaned.get(key) is None for key in self.items):
            raise ValidationError(
                _("Please answer at least one of the questions, or simply close this page.")
            )
        return cleaned

    def given(self) -> dict[str, Any]:
        """The answers by item, None where the client would rather not say; and whether they are shared."""
        answers = {key: self.cleaned_data.get(key) for key in self.items}
        return {"answers": answers, "shared": self.cleaned_data.get("shared", False)}
