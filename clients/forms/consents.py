"""What a client agrees to, in parts that can be withdrawn one by one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Purpose


class ConsentForm(forms.Form):
    """The four parts of a consent, each with what it means."""

    care = forms.BooleanField(
        label=_("Use my answers for my care here"),
        help_text=_(
            "Suggestions are made from them, and your clinic can read them. Without this we cannot begin."
        ),
        error_messages={
            "required": _("We cannot begin without this. If you are unsure, talk to your clinic first.")
        },
    )
    share = forms.BooleanField(
        required=False,
        label=_("Let me share things with my therapist"),
        help_text=_("After a session you are asked each time what to share. Nothing is shared by itself."),
    )
    matching = forms.BooleanField(
        required=False,
        label=_("Learn from my ratings for better suggestions"),
        help_text=_("How you rate working together makes suggestions truer, yours too. Nobody reads it."),
    )
    statistics = forms.BooleanField(
        required=False,
        label=_("Count my ratings in figures about the service"),
        help_text=_("Only together with those of nine other clients or more, never alone."),
    )

    def purposes(self) -> list[str]:
        """Those agreed to."""
        return [purpose for purpose in Purpose.values if self.cleaned_data[purpose]]
