"""What is noted when an alert is closed."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from alliance_match.safety.models.risk_alert import NOTE_LENGTH
from alliance_match.vocabulary import SOMETHING_SAID

IN_WORDS = _("Write in a few words what was done.")


class RiskAlertCloseForm(forms.Form):
    """What was done."""

    note = forms.CharField(
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        label=_("What was done"),
        help_text=_("Only the owner, the back-up and the admins read it."),
        error_messages={"required": IN_WORDS},
        validators=[RegexValidator(SOMETHING_SAID, IN_WORDS)],
    )
