"""What brings somebody here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance_match.vocabulary import Concern
from clients.forms.intake_step import IntakeStepForm


class ConcernsForm(IntakeStepForm):
    """The second step."""

    title = _("What brings you")
    heading = _("What brings you here")

    concerns = forms.MultipleChoiceField(
        choices=Concern.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "columns"}),
        label=_("I come because of"),
        help_text=_("Tick whatever fits. It helps to find people who know it well."),
    )
    about = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        label=_("In your own words"),
    )
