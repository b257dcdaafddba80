"""A questionnaire about symptoms as a form, built from the instrument."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance_match.safety.symptoms import danger_steps
from surveys.forms.questions import ItemsForm
from surveys.models import Instrument


class SymptomForm(ItemsForm):
    """One field an item, nothing preset, each may be skipped.

    An answer that may tell of danger goes to `hear_at` the moment it is chosen, alone, where there is
    JavaScript; what comes back stands beside the question.
    """

    shared = forms.BooleanField(required=False, label=_("Share the result with my therapist"))

    def __init__(
        self, *args: Any, instrument: Instrument, hear_at: str, may_share: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, instrument=instrument, **kwargs)
        if not may_share:
            del self.fields["shared"]
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

    def given(self) -> dict[str, Any]:
        """The answers by item, None where the client would rather not say; and whether they are shared."""
        return {"answers": self.answers(), "shared": self.cleaned_data.get("shared", False)}
