"""Asking for an account, and choosing its password."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.forms import LABELS, WHOLE_ADDRESS
from alliance_match.accounts.models import User
from alliance_match.vocabulary import SOMETHING_SAID

# The longer a password is, the longer it is hashed.
LONGEST_PASSWORD = 128
NAME_US = _("Write a name that we may call you.")


class SignUpForm(forms.Form):
    """Who asks, and where to send the link."""

    name = forms.CharField(
        max_length=120,
        label=_("What should we call you?"),
        help_text=_("Your first name is enough. Therapists read it when you ask to meet them."),
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": NAME_US},
        validators=[RegexValidator(SOMETHING_SAID, NAME_US)],
    )
    email = forms.EmailField(
        max_length=254,
        label=LABELS["email"],
        help_text=_("A link comes to this address. Choose one that only you read."),
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": WHOLE_ADDRESS, "required": WHOLE_ADDRESS},
    )


class PasswordForm(forms.Form):
    """The password of a new account, checked by the same rules as any other."""

    password = forms.CharField(
        label=LABELS["password1"],
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least eight characters; a few words in a row are easy to keep in mind."),
    )

    def __init__(self, data: Any, *, owner: User) -> None:
        super().__init__(data)
        self.owner = owner

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.owner)
        return password
