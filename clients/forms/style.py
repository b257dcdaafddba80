"""How somebody likes to work."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance_match.vocabulary import StyleDimension
from clients.forms.intake_step import IntakeStepForm, in_words
from clients.models import Client, StylePreference
from clients.services import Answers

NO_PREFERENCE = "none"
# The lower and the upper end of each dimension, as a client would ask for it.
POLES = {
    StyleDimension.STRUCTURE: (_("find the way as we go"), _("follow a clear plan")),
    StyleDimension.FEELINGS: (_("keep to thoughts and facts"), _("go into strong feelings")),
    StyleDimension.TIME: (_("look at the past"), _("look at the present and future")),
    StyleDimension.WARMTH: (_("be challenged"), _("be treated gently")),
}
STRENGTHS = {
    # Translators: before one of the poles, such as "clearly follow a clear plan"; all three.
    1: pgettext_lazy("strength", "a little"),
    2: pgettext_lazy("strength", "rather"),
    3: pgettext_lazy("strength", "clearly"),
}
IMPORTANCE = ((0, _("not at all")), (1, _("a little")), (2, _("quite")), (3, _("very much")))
USUAL_IMPORTANCE = 1


class StyleForm(IntakeStepForm):
    """The third step: on each dimension a place between two poles, and how much it matters."""

    title = _("How you like to work")
    heading = _("How you like to work")

    def __init__(self, data: QueryDict | None = None, *, client: Client) -> None:
        super().__init__(data, client=client)
        for dimension, poles in POLES.items():
            self.fields[_position(dimension)] = position_field(*poles)
            self.fields[_importance(dimension)] = importance_field()

    def stored(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in self.client.style_preferences.all():
            found |= {
                _position(one.dimension): one.position,
                _importance(one.dimension): one.importance,
            }
        return found

    def answers_in_words(self) -> list[tuple[Any, str]]:
        found = []
        for position, importance, _poles in self.rows():
            place, weight = self.initial.get(position.name), self.initial.get(importance.name)
            if place is not None:
                words = {
                    "place": in_words(position.field, place),
                    "weight": in_words(importance.field, weight),
                }
                found.append((position.label, _("%(place)s; it matters to me: %(weight)s") % words))
        return found

    def rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField, tuple[Any, Any]]]:
        """For each dimension the place, the importance and the words of both poles."""
        for dimension, poles in POLES.items():
            yield self[_position(dimension)], self[_importance(dimension)], poles

    def answers(self) -> Answers:
        return Answers(styles=[preference for d in POLES for preference in self._preference(d.value)])

    def _preference(self, dimension: str) -> Iterator[StylePreference]:
        position, importance = (self.cleaned_data[name(dimension)] for name in (_position, _importance))
        if position is not None:
            weight = USUAL_IMPORTANCE if importance is None else importance
            yield StylePreference(
                client=self.client, dimension=dimension, position=position, importance=weight
            )


def _position(dimension: str) -> str:
    return f"{dimension}_position"


def _importance(dimension: str) -> str:
    return f"{dimension}_importance"


def position_field(lower: Any, upper: Any) -> forms.TypedChoiceField:
    """Seven places from one pole to the other, nothing preset."""
    below = [(-k, format_lazy("{} {}", STRENGTHS[k], lower)) for k in (3, 2, 1)]
    above = [(k, format_lazy("{} {}", STRENGTHS[k], upper)) for k in (1, 2, 3)]
    return forms.TypedChoiceField(
        choices=[*below, (0, _("both alike")), *above, (NO_PREFERENCE, _("I don’t mind: leave it open"))],
        coerce=lambda value: None if value == NO_PREFERENCE else int(value),
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        label=format_lazy(_("I would like to {lower}, or to {upper}"), lower=lower, upper=upper),
    )


def importance_field() -> forms.TypedChoiceField:
    """How much a place matters."""
    return forms.TypedChoiceField(
        choices=IMPORTANCE,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect({"class": "columns"}),
        label=_("How much does that matter to you?"),
        help_text=_("Left open, it counts a little."),
    )
