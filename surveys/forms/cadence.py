"""How often a client wants to be asked, and how a clinic asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.models import Cadence

CLOCK = {"type": "time"}


class CadenceForm(forms.Form):
    """One choice of four."""

    frequency = forms.ChoiceField(
        choices=Cadence.Frequency.choices, widget=forms.RadioSelect, label=_("When may we ask?")
    )

    def __init__(self, data: Any, *, chosen: Cadence | None) -> None:
        frequency = chosen.frequency if chosen else Cadence.Frequency.EVERY
        super().__init__(data or None, initial={"frequency": frequency})


class AskingForm(forms.Form):
    """What a clinic sets for all of its clients."""

    quiet_from = forms.TimeField(label=_("No mail from"), widget=forms.TimeInput(CLOCK, format="%H:%M"))
    quiet_until = forms.TimeField(
        label=_("No mail until"),
        widget=forms.TimeInput(CLOCK, format="%H:%M"),
        help_text=_("By the client’s own clock. The same hour twice means that there are no quiet hours."),
    )
    question_budget = forms.IntegerField(
        min_value=0,
        max_value=1000,
        label=_("Questions a client may be asked in thirty days"),
        help_text=_("A check-in has six or seven. Where it is short, session three comes first."),
    )
