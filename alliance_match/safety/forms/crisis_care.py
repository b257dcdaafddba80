"""Who answers alerts about danger at a clinic, and when the clinic works."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.models import STAFF, User
from alliance_match.safety.models import CrisisCare
from alliance_match.vocabulary import Weekday


class CrisisCareForm(forms.ModelForm):  # type: ignore[type-arg]
    """Owner, back-up and hours."""

    days = forms.TypedMultipleChoiceField(
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple({"class": "columns"}),
        label=_("Working days"),
    )

    class Meta:
        model = CrisisCare
        fields = ["owner", "backup", "days", "opens", "closes"]
        labels = {
            "owner": _("Owner"),
            "backup": _("Back-up"),
            "opens": _("Open from"),
            "closes": _("Open until"),
        }
        help_texts = {
            "owner": _("Is told first, at any hour, and gets in touch. Only who has logged in can be named."),
            "backup": _("Is told, together with all admins, where the owner has not taken note in time."),
        }
        widgets = {
            "opens": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "closes": forms.TimeInput({"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = User.objects.filter(is_active=True, memberships__clinic=self.instance.clinic)
        staff = here.filter(memberships__role__in=STAFF).distinct().order_by("name", "email")
        # Whoever has never been here would be named to a client in need, and might not exist.
        named = Q(pk__in=[self.instance.owner_id or 0, self.instance.backup_id or 0])
        staff = staff.filter(Q(last_login__isnull=False) | named)
        for person in ("owner", "backup"):
            self.fields[person].queryset = staff  # type: ignore[attr-defined]
            self.fields[person].empty_label = _("nobody")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned["owner"]) != bool(cleaned["backup"]):
            raise ValidationError(
                _("An owner needs a back-up, and a back-up an owner: name both, or nobody.")
            )
        return cleaned
