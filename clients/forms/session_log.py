"""Logging sessions: of another day than today, and from a calendar."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.calendar_import import Appointment, CalendarTooLargeError, appointments
from clients.models import Episode
from clients.services import CalendarSession

LARGEST = 2 * 1024 * 1024

# Whatever a broken file breaks; the name of a time zone becomes that of a file.
BROKEN = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError, OSError)


class SessionDateForm(forms.Form):
    """The day of a session."""

    held_on = forms.DateField(
        label=_("Day of the session"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This is not a day. Write it as 2026-12-31.")},
    )


class CalendarForm(forms.Form):
    """A calendar as its program exports it; `found` are the appointments in it that name a code."""

    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("A file that ends in .ics; of each appointment only the day is kept."),
        widget=forms.ClearableFileInput({"accept": ".ics,text/calendar"}),
    )

    def __init__(self, *args: Any, codes: list[str], zone: ZoneInfo) -> None:
        super().__init__(*args)
        self.codes, self.zone = codes, zone
        self.found: list[Appointment] = []

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size is None or file.size > LARGEST:
            raise ValidationError(_("This file is larger than two megabytes. Export fewer weeks at a time."))
        try:
            self.found = appointments(file.read(), self.codes, now=timezone.now(), zone=self.zone)
        except CalendarTooLargeError:
            raise ValidationError(
                _("There is more in this file than can be read at once. Export fewer weeks at a time.")
            ) from None
        except BROKEN:
            raise ValidationError(
                _("This could not be read as a calendar. Export it again as .ics.")
            ) from None
        return file


class CalendarSessionsForm(forms.Form):
    """Which of the sessions found in a calendar are to be logged."""

    sessions = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label=_("Sessions found"),
        error_messages={"required": _("Tick at least one, or leave this page.")},
    )

    def __init__(self, data: QueryDict, *, episodes: dict[int, Episode]) -> None:
        super().__init__(data)
        self.episodes = episodes
        field: Any = self.fields["sessions"]
        field.choices = [(value, value) for value in data.getlist("sessions")]

    def clean_sessions(self) -> list[CalendarSession]:
        try:
            return [self._session(value) for value in self.cleaned_data["sessions"]]
        except (ValueError, KeyError, OverflowError):
            raise ValidationError(_("This list is out of date. Upload the calendar again.")) from None

    def _session(self, value: str) -> CalendarSession:
        episode, day, ends_at = value.split("|")
        # In UTC, for the database takes fewer offsets than Python does.
        at = datetime.fromisoformat(ends_at).astimezone(UTC) if ends_at else None
        if at and at > timezone.now():
            raise ValueError("a session that is not over")
        return CalendarSession(self.episodes[int(episode)], date.fromisoformat(day), at)


def form_value(session: CalendarSession) -> str:
    """A session found in a calendar as a form's value."""
    ends_at = session.ends_at.isoformat() if session.ends_at else ""
    return f"{session.episode.pk}|{session.held_on.isoformat()}|{ends_at}"
