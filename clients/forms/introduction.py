"""Asking to meet somebody, and answering that."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from alliance_match.vocabulary import SOMETHING_SAID, Format
from clients.models import Introduction, ProposedHour
from clients.models.introduction import NOTE_LENGTH
from therapists.available_hours import Hour, moment

MOST_HOURS = 3
MEETING = timedelta(minutes=50)
FARTHEST = timedelta(days=60)
YEAR = timedelta(days=366)
OVER = _("This is over already.")
TOO_FAR = _("This is too far away: two months at most.")


def hour_in_words(hour: Hour | ProposedHour) -> str:
    """Tuesday 1 December, 14:00–14:50, in the time zone of the page."""
    starts, ends = timezone.localtime(hour.starts_at), timezone.localtime(hour.ends_at)
    return f"{date_format(starts, 'WEEKDAY_DATETIME_FORMAT')}–{date_format(ends, 'TIME_FORMAT')}"


def hour_code(hour: Hour) -> str:
    """An hour as a form's value."""
    return hour.starts_at.astimezone(UTC).strftime("%Y%m%dT%H%M")


def validate_within_a_year(day: date) -> None:
    """Refuse a day more than a year away: at the ends of the calendar no time zone can be reckoned with."""
    if abs(away := day - timezone.localdate()) > YEAR:
        raise ValidationError(OVER if away < timedelta() else TOO_FAR)


def day_field() -> forms.DateField:
    """A day of the calendar."""
    errors = {"invalid": _("This is not a day. Write it as 2026-12-31.")}
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        required=False,
        widget=widget,
        label=_("Day"),
        error_messages=errors,
        validators=[validate_within_a_year],
    )


def time_field(label: Any) -> forms.TimeField:
    """A time of the day."""
    errors = {"invalid": _("This is not a time. Write it as 14:30.")}
    widget = forms.TimeInput({"type": "time"}, format="%H:%M")
    return forms.TimeField(required=False, widget=widget, label=label, error_messages=errors)


def meeting_time_error(starts: datetime) -> Any:
    """Why nobody can meet then; empty where they can."""
    if starts <= timezone.now():
        return OVER
    return TOO_FAR if starts - timezone.now() > FARTHEST else ""


class IntroductionRequestForm(forms.Form):
    """A client asks to meet a therapist: up to three hours, theirs or one's own, and a note.

    `offered`: the therapist's coming hours; `zone`: in which own hours are written; `shareable`: the
    answers that can be shared with it, by field, in words; `note`: one written before.
    """

    hours = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "columns wide"}),
        label=_("Which of these hours would suit you?"),
        help_text=_("Up to three; the first one that suits both is taken."),
        error_messages={"invalid_choice": _("One of these hours is not free any more.")},
    )
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 4, "maxlength": None}),
        label=_("A note"),
        help_text=_("One sentence is enough, and none is fine too."),
        validators=[RegexValidator(SOMETHING_SAID, _("Add a word or two, or leave this empty."))],
    )

    def __init__(
        self,
        data: Any,
        *,
        offered: Sequence[Hour],
        zone: ZoneInfo,
        shareable: Mapping[str, Any],
        note: str = "",
    ) -> None:
        super().__init__(data, initial={"note": note})
        self.zone = zone
        if note:
            self.fields["note"].help_text = _("As in your last request; change it, or empty it, as you like.")
        self.offered = {hour_code(hour): hour for hour in offered}
        fields: dict[str, Any] = self.fields
        fields["hours"].choices = [
            (code, f"{hour_in_words(hour)}, {hour.get_format_display()}")
            for code, hour in self.offered.items()
        ]
        self.shareable = shareable
        fields |= {part: forms.BooleanField(required=False, label=words) for part, words in shareable.items()}
        if not offered:
            del fields["hours"]
        for n in range(1, MOST_HOURS + 1):
            fields[f"day_{n}"] = day_field()
            fields |= {f"from_{n}": time_field(_("From")), f"until_{n}": time_field(_("Until"))}

    def request(self) -> dict[str, Any]:
        """The arguments of `introduction_request`. Only of a valid form."""
        given = self.cleaned_data
        return {
            "hours": given["chosen"],
            "note": given["note"],
            **{part: given[part] for part in self.shareable},
        }

    def answers_to_share(self) -> list[BoundField]:
        """The answers that can be shared with the request."""
        return [self[part] for part in self.shareable]

    def own_hours_in_use(self) -> bool:
        """Whether anything is written, or amiss, in the hours of one's own."""
        names = [field.name for row in self.own_hours() for field in row]
        return any(self.data.get(name) or name in self.errors for name in names)

    def own_hours(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        """Day, from and until of each hour of one's own."""
        for n in range(1, MOST_HOURS + 1):
            yield self[f"day_{n}"], self[f"from_{n}"], self[f"until_{n}"]

    def clean(self) -> dict[str, Any]:
        ticked = [self.offered[code] for code in self.cleaned_data.get("hours", ())]
        own = [hour for n in range(1, MOST_HOURS + 1) if (hour := self._own_hour(n))]
        self.cleaned_data["chosen"] = chosen = sorted({*ticked, *own})
        first = "hours" if self.offered else "day_1"
        if len(chosen) > MOST_HOURS:
            self.add_error(first, _("Three hours at most, please."))
        elif not chosen and not self.errors:
            self.add_error(first, _("Name at least one hour at which you could come."))
        return self.cleaned_data

    def _own_hour(self, n: int) -> Hour | None:
        day, starts, ends = (self.cleaned_data.get(f"{part}_{n}") for part in ("day", "from", "until"))
        if not any((day, starts, ends)) or self.errors.keys() & {f"day_{n}", f"from_{n}", f"until_{n}"}:
            return None
        for name, given in (("day", day), ("from", starts), ("until", ends)):
            if given is None:
                self.add_error(f"{name}_{n}", _("This is missing."))
        if day is None or starts is None or ends is None:
            return None
        return self._span(n, day, starts, ends)

    def _span(self, n: int, day: date, starts: time, ends: time) -> Hour | None:
        first, last = moment(day, starts, self.zone), moment(day, ends, self.zone)
        skipped = _("The clocks skip this time on that day. Choose another.")
        for name, found in (("from", first), ("until", last)):
            if found is None:
                self.add_error(f"{name}_{n}", skipped)
        if first is None or last is None:
            return None
        if last - first < MEETING:
            self.add_error(f"until_{n}", _("A meeting takes 50 minutes: leave at least that much time."))
        elif error := meeting_time_error(first):
            self.add_error(f"day_{n}", error)
        return Hour(first, last)


class AcceptForm(forms.Form):
    """A therapist agrees to one of the hours that a client proposed."""

    hour = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=_("When will you meet?"),
        error_messages={"required": _("Choose an hour.")},
    )
    at = time_field(_("Beginning at"))
    format = forms.ChoiceField(required=False, label=_("How will you meet?"))

    def __init__(self, data: Any, *, introduction: Introduction) -> None:
        super().__init__(data)
        self.proposed = {str(one.pk): one for one in introduction.hours.all()}
        fields: dict[str, Any] = self.fields
        fields["hour"].choices = [(code, hour_in_words(one)) for code, one in self.proposed.items()]
        if len(self.proposed) == 1:
            fields["hour"].initial = next(iter(self.proposed))
        if all(one.is_offered for one in self.proposed.values()):
            del fields["at"], fields["format"]
            return
        fields["at"].help_text = _("Only where the client named several hours in a row.")
        formats = introduction.therapist.formats or Format.values
        fields["format"].choices = [(one, Format(one).label) for one in formats]

    def clean(self) -> dict[str, Any]:
        proposed = self.proposed.get(self.cleaned_data.get("hour", ""))
        if proposed is not None:
            self.cleaned_data["agreed"] = agreed = self._agreed(proposed)
            if agreed and agreed.starts_at <= timezone.now():
                self.add_error("hour", _("This hour is over already."))
        return self.cleaned_data

    def _agreed(self, proposed: ProposedHour) -> Hour | None:
        if proposed.is_offered:
            return Hour(proposed.starts_at, proposed.ends_at, proposed.format)
        at = self.cleaned_data.get("at")
        begins = timezone.localtime(proposed.starts_at)
        starts = begins if at is None else moment(begins.date(), at, timezone.get_current_timezone())
        if starts is None or not proposed.starts_at <= starts <= proposed.ends_at - MEETING:
            self.add_error("at", _("Choose a time within these hours that leaves 50 minutes."))
            return None
        return Hour(starts, starts + MEETING, self.cleaned_data.get("format", ""))


class DeclineForm(forms.Form):
    """A therapist says that a meeting is not possible."""

    reason = forms.ChoiceField(
        required=False,
        choices=[("", _("I would rather not say")), *Introduction.DeclineReason.choices],
        widget=forms.RadioSelect,
        label=_("Why, if you like"),
        help_text=_("The client reads these words."),
    )
