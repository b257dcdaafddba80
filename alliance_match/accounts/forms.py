"""allauth's forms in our words: a label says what a field is, so nothing stands in it."""

from typing import Any

from allauth.account import forms
from django import forms as plain
from django.utils.translation import gettext_lazy as _

LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Password until now"),
    "password1": _("New password"),
    "password2": _("New password again"),
}
WHOLE_ADDRESS = _("Write the whole e-mail address, such as me@example.org.")


class PlainFields:
    """Our labels, no placeholders."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name in {"login", "email"}:
                field.error_messages["invalid"] = WHOLE_ADDRESS


class LoginForm(PlainFields, forms.LoginForm):  # type: ignore[misc]
    """Who comes in."""


class ResetPasswordForm(PlainFields, forms.ResetPasswordForm):  # type: ignore[misc]
    """Whom to send a link."""


class ResetPasswordKeyForm(PlainFields, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, by a link."""


class SetPasswordForm(PlainFields, forms.SetPasswordForm):  # type: ignore[misc]
    """The first password."""


class ChangePasswordForm(PlainFields, forms.ChangePasswordForm):  # type: ignore[misc]
    """Another password."""


class AddEmailForm(PlainFields, forms.AddEmailForm):  # type: ignore[misc]
    """Another address."""


class ReauthenticateForm(PlainFields, forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class InviteForm(plain.Form):
    """Whom to give a log-in."""

    email = plain.EmailField(
        label=LABELS["email"],
        max_length=254,
        widget=plain.EmailInput({"autocomplete": "off"}),
        error_messages={"invalid": WHOLE_ADDRESS},
    )
