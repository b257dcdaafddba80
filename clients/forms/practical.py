"""Where, when, in which language, for how much."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from alliance_match.vocabulary import Format, Weekday, language_name
from clients.forms.amount import AmountField
from clients.forms.intake_step import IntakeStepForm
from clients.models import Client, TimeWindow
from clients.services import Answers
from clients.timetable import PARTS_OF_DAY, WEEK, part_codes, part_of_week
from therapists.models import Therapist


class PracticalForm(IntakeStepForm):
    """The first step."""

    title = _("Practical")
    heading = _("What has to fit")

    formats = forms.MultipleChoiceField(
        choices=Format.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "columns"}),
        label=_("How would you like to meet?"),
        help_text=_("Nothing ticked means that both suit you."),
    )
    languages = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "columns"}),
        label=_("In which languages could you talk?"),
        help_text=_("These are spoken here. Nothing ticked means that you do not mind."),
    )
    times = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "columns"}),
        label=_("When could you come?"),
        help_text=_("Nothing ticked means that any time may do."),
    )
    insurer = forms.ChoiceField(required=False, label=_("Who pays?"))
    highest_fee = AmountField(
        required=False,
        localize=True,
        # A number field would lose what is not a number instead of saying so.
        widget=forms.TextInput({"inputmode": "decimal"}),
        label=_("What could you pay for a session at most?"),
    )
    place = forms.ChoiceField(required=False, label=_("Which place would suit you?"))
    start_from = forms.DateField(
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        label=_("From which day on?"),
        error_messages={"invalid": _("This is not a day. Write it as 2026-12-31.")},
    )

    def __init__(self, data: QueryDict | None = None, *, client: Client) -> None:
        super().__init__(data, client=client)
        fields: dict[str, Any] = self.fields
        offered = list(Therapist.objects.in_clinic(client.clinic).listed())
        languages = {code for one in offered for code in one.languages}.union(self.intake.languages)
        named = sorted((language_name(code), code) for code in languages)
        fields["languages"].choices = [(code, name) for name, code in named]
        payers = {payer for one in offered for payer in one.insurers} | {self.intake.insurer} - {""}
        nobody = ("", _("I pay myself, or it is not clear yet"))
        fields["insurer"].choices = [nobody, *((payer, payer) for payer in sorted(payers))]
        places = {place for one in offered for place in one.places} | {self.intake.place} - {""}
        anywhere = ("", _("I do not mind, or we meet by telehealth"))
        fields["place"].choices = [anywhere, *((place, place) for place in sorted(places))]
        fields["times"].choices = [(code, part_of_week(code).words) for code in WEEK]
        fields["highest_fee"].help_text = _("In %(currency)s; nothing written means no limit.") % {
            "currency": client.clinic.currency
        }

    def stored(self) -> dict[str, Any]:
        return super().stored() | {"times": part_codes(self.client.time_windows.all())}

    def parts_of_day(self) -> list[Any]:
        """The heads of the columns of the timetable."""
        return [words for words, _starts, _ends in PARTS_OF_DAY.values()]

    def days(self) -> Iterator[tuple[Any, list[BoundWidget]]]:
        """The rows of the timetable: a day and the boxes of its parts."""
        boxes, width = list(self["times"]), len(PARTS_OF_DAY)
        for k, day in enumerate(Weekday.labels):
            yield day, boxes[k * width : (k + 1) * width]

    def answers(self) -> Answers:
        columns = {name: value for name, value in self.cleaned_data.items() if name != "times"}
        # Hours that came from elsewhere may be finer than these boxes: they stay until a box changes.
        if set(self.cleaned_data["times"]) == set(self.initial["times"]):
            return Answers(columns)
        return Answers(columns, windows=[self._window(ticked) for ticked in self.cleaned_data["times"]])

    def _window(self, ticked: str) -> TimeWindow:
        part = part_of_week(ticked)
        return TimeWindow(client=self.client, weekday=part.weekday, starts=part.starts, ends=part.ends)
