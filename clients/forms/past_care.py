"""What helped before, and wishes that are filters of one's own."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clients.forms.intake_step import IntakeStepForm
from clients.models import Client, Wish
from clients.services import Answers
from therapists.models import Therapist


class PastCareForm(IntakeStepForm):
    """The last step. A wish is offered where therapists here differ in it, or where one was made before."""

    title = _("Before, and wishes")
    heading = _("What helped before, and what you wish for")

    helped_before = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        label=_("What has helped you before, and what has not?"),
    )
    gender = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "columns"}),
        label=_("I would only like to see people who are"),
    )
    age_group = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "columns"}),
        label=_("I would only like to see people aged"),
    )

    def __init__(self, data: QueryDict | None = None, *, client: Client) -> None:
        super().__init__(data, client=client)
        offered = list(Therapist.objects.in_clinic(client.clinic).listed())
        for name in Wish.Attribute.values:
            known = {getattr(one, name) for one in offered} - {""}
            words = sorted(known.union(self.initial.get(name, [])))
            field: Any = self.fields[name]
            field.choices = [(word, word) for word in words]
            if len(words) < 2:
                del self.fields[name]

    def stored(self) -> dict[str, Any]:
        return super().stored() | {one.attribute: one.accepted for one in self.client.wishes.all()}

    def wishes(self) -> list[forms.BoundField]:
        """The fields of the wishes that are offered."""
        return [self[name] for name in Wish.Attribute.values if name in self.fields]

    def answers(self) -> Answers:
        wishes = [
            Wish(client=self.client, attribute=name, accepted=sorted(self.cleaned_data[name]))
            for name in Wish.Attribute.values
            if self.cleaned_data.get(name)
        ]
        return Answers({"helped_before": self.cleaned_data["helped_before"]}, wishes=wishes)
