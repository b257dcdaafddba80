"""allauth's forms in our words: a label says what a field is, so nothing stands in it."""

import zoneinfo
from itertools import groupby
from typing import Any

from allauth.account import forms
from django import forms as plain
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import Clinic

# The shortest number that anybody can call, such as 112.
FEWEST_DIGITS = 3
LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Password until now"),
    "password1": _("New password"),
    "password2": _("New password again"),
}
WHOLE_ADDRESS = _("Write the whole e-mail address, such as me@example.org.")


class PlainFieldsMixin:
    """Our labels, no placeholders."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name in {"login", "email"}:
                field.error_messages["invalid"] = WHOLE_ADDRESS


class LoginForm(PlainFieldsMixin, forms.LoginForm):  # type: ignore[misc]
    """Who comes in."""


class ResetPasswordForm(PlainFieldsMixin, forms.ResetPasswordForm):  # type: ignore[misc]
    """Whom to send a link."""


class ResetPasswordKeyForm(PlainFieldsMixin, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, by a link."""


class SetPasswordForm(PlainFieldsMixin, forms.SetPasswordForm):  # type: ignore[misc]
    """The first password."""


class ChangePasswordForm(PlainFieldsMixin, forms.ChangePasswordForm):  # type: ignore[misc]
    """Another password."""


class AddEmailForm(PlainFieldsMixin, forms.AddEmailForm):  # type: ignore[misc]
    """Another address."""


class ReauthenticateForm(PlainFieldsMixin, forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class InviteForm(plain.Form):
    """Whom to give a log-in."""

    email = plain.EmailField(
        label=LABELS["email"],
        max_length=254,
        widget=plain.EmailInput({"autocomplete": "off"}),
        error_messages={"invalid": WHOLE_ADDRESS},
    )


class AdminForm(InviteForm):
    """Whom to let run the clinic, too."""

    name = plain.CharField(label=_("Name"), max_length=120)
    field_order = ("name", "email")


def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every time zone that names a place, by continent."""
    placed = sorted(name for name in zoneinfo.available_timezones() if "/" in name and "Etc/" not in name)
    continents = groupby(placed, key=lambda name: name.split("/", 1)[0])
    choices = [
        (continent, [(name, name.split("/", 1)[1].replace("_", " ")) for name in names])
        for continent, names in continents
    ]
    return [*choices, ("UTC", [("UTC", "UTC")])]


class TimeZoneForm(plain.Form):
    """Where somebody reads and writes times."""

    time_zone = plain.ChoiceField(choices=time_zones, label=_("Your time zone"))


class ClinicForm(plain.ModelForm):  # type: ignore[type-arg]
    """What an admin decides about the clinic as a whole."""

    language = plain.ChoiceField(
        choices=settings.LANGUAGES,
        label=_("Language"),
        help_text=_("Of mail to people who have not chosen one."),
    )
    time_zone = plain.ChoiceField(choices=time_zones, label=_("Time zone"))

    class Meta:
        model = Clinic
        fields = [
            "name",
            "language",
            "time_zone",
            "crisis_line",
            "crisis_text",
            "emergency_number",
            "open_to_all",
        ]
        labels = {
            "name": _("Name"),
            "crisis_line": _("Crisis line"),
            "crisis_text": _("Beside the crisis line"),
            "emergency_number": _("Emergency number"),
            "open_to_all": _("Anybody may sign up as a client"),
        }
        help_texts = {
            "crisis_line": _("The number that stands on every page."),
            "crisis_text": _("Such as: day and night, free of charge."),
            "emergency_number": _("Where you are, such as 112. Clients read it beside the crisis line."),
            "open_to_all": _(
                "They choose a password by a link sent to their address. Otherwise you invite each client."
            ),
        }
        widgets = {
            "crisis_text": plain.Textarea({"rows": 2}),
            "emergency_number": plain.TextInput({"inputmode": "tel", "autocomplete": "off"}),
        }

    def clean_crisis_line(self) -> str:
        line = str(self.cleaned_data["crisis_line"])
        if line and sum(one.isdecimal() for one in line) < FEWEST_DIGITS:
            raise ValidationError(_("A number to call belongs here, such as 116 123."))
        return line
