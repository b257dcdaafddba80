"""Moving an agreed meeting to another hour."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance_match.vocabulary import Format
from clients.forms.introduction import (
    MEETING,
    day_field,
    hour_code,
    hour_in_words,
    meeting_time_error,
    time_field,
)
from clients.models import Introduction
from therapists.available_hours import Hour, moment


class MoveForm(forms.Form):
    """A therapist moves a meeting to one of their coming hours; a day and time that they write count instead.

    `offered`: the coming hours that are free, or this meeting's; `zone`: the clinic's, for what is written.
    """

    hour = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        label=_("When will you meet?"),
        error_messages={"invalid_choice": _("This hour is not free any more.")},
    )
    day = day_field()
    at = time_field(_("Beginning at"))
    format = forms.ChoiceField(required=False, label=_("How will you meet?"))

    def __init__(
        self, data: Any, *, introduction: Introduction, offered: Sequence[Hour], zone: ZoneInfo
    ) -> None:
        super().__init__(data)
        self.zone = zone
        self.offered = {hour_code(hour): hour for hour in offered}
        fields: dict[str, Any] = self.fields
        fields["hour"].choices = [(code, hour_in_words(hour)) for code, hour in self.offered.items()]
        if introduction.starts_at:
            fields["hour"].initial = hour_code(Hour(introduction.starts_at, introduction.starts_at))
        if not offered:
            del fields["hour"]
        formats = introduction.therapist.formats or Format.values
        fields["format"].choices = [(one, Format(one).label) for one in formats]
        fields["format"].initial = introduction.format

    def hour_in_writing(self) -> bool:
        """Whether a day or time is written, or amiss."""
        return any(self.data.get(name) or name in self.errors for name in ("day", "at"))

    def clean(self) -> dict[str, Any]:
        chosen = self.offered.get(self.cleaned_data.get("hour", ""))
        day, at = self.cleaned_data.get("day"), self.cleaned_data.get("at")
        if self.errors:
            return self.cleaned_data
        if day or at:
            chosen = self._written(day, at)
        elif chosen is None:
            self.add_error("hour" if self.offered else "day", _("Choose an hour, or write a day and a time."))
        self.cleaned_data["agreed"] = chosen
        return self.cleaned_data

    def _written(self, day: date | None, at: time | None) -> Hour | None:
        for name, given in (("day", day), ("at", at)):
            if given is None:
                self.add_error(name, _("This is missing."))
        if day is None or at is None:
            return None
        starts = moment(day, at, self.zone)
        if starts is None:
            self.add_error("at", _("The clocks skip this time on that day. Choose another."))
            return None
        if error := meeting_time_error(starts):
            self.add_error("day", error)
        return Hour(starts, starts + MEETING, self.cleaned_data.get("format", ""))
