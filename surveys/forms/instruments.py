"""An admin brings an instrument, and says on what the right to use it stands."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.instrument_reading import LARGEST
from surveys.services import LicenceRights


class DeclarationForm(forms.Form):
    """The clinic's word that it may use an instrument."""

    rights_holder = forms.CharField(label=_("Who gave you the right to use it"), max_length=200)
    licence_number = forms.CharField(
        label=_("Licence number"), max_length=120, required=False, help_text=_("If there is one.")
    )
    expires_on = forms.DateField(
        label=_("Last day of the licence"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave it empty where the right has no end. After that day it is not asked any more."),
    )
    may_use = forms.BooleanField(
        label=_("We may use it"),
        error_messages={"required": _("Without this it cannot be used here.")},
    )

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if day is not None and day < timezone.localdate():
            raise ValidationError(_("That day is over. Name one to come."))
        return day

    def rights(self) -> LicenceRights:
        """What was declared. Only of a valid form."""
        cleaned = self.cleaned_data
        return LicenceRights(
            rights_holder=cleaned["rights_holder"],
            licence_number=cleaned["licence_number"],
            expires_on=cleaned["expires_on"],
        )


class BringForm(DeclarationForm):
    """A file and the declaration that belongs to it."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput({"accept": ".json,application/json"}),
        help_text=_("JSON in our format, or a FHIR R4 Questionnaire; at most 1 MB."),
        error_messages={"empty": _("This file is empty.")},
    )

    field_order = ("file",)

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size is None or file.size > LARGEST:
            raise ValidationError(_("This file is larger than 1 MB."))
        return file
