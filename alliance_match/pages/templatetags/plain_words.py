"""Numbers, days and codes as a person would say them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance_match.vocabulary import Concern, language_name

register = template.Library()
NUMBERS = {
    2: gettext_lazy("Two"),
    3: gettext_lazy("Three"),
    4: gettext_lazy("Four"),
    5: gettext_lazy("Five"),
    6: gettext_lazy("Six"),
    7: gettext_lazy("Seven"),
    8: gettext_lazy("Eight"),
    9: gettext_lazy("Nine"),
}
SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}


@register.filter
def days_ago(moment: datetime | None) -> str:
    """`{{ therapist.confirmed_at|days_ago }}`: today, yesterday, 12 days ago."""
    if moment is None:
        return _("not yet")
    days = (localdate() - localtime(moment).date()).days
    if days <= 0:
        return _("today")
    return _("yesterday") if days == 1 else ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


@register.filter
def grouped(count: int) -> str:
    """`{{ rated|grouped }}`: 1,040; in German 1.040."""
    return number_format(count, 0, force_grouping=True)


@register.filter
def money(amount: Decimal | None, currency: str = "EUR") -> str:
    """`{{ therapist.fee|money:clinic.currency }}`: €80, €82.50, 80 CHF; in German 82,50 €."""
    if amount is None:
        return ""
    figure = number_format(amount, 0 if amount == int(amount) else 2, force_grouping=True)
    if currency not in SYMBOLS:
        return f"{figure} {currency}"
    # Translators: money, such as €80; in German 80 €, with a space that does not break.
    return _("%(symbol)s%(figure)s") % {"symbol": SYMBOLS[currency], "figure": figure}


@register.filter
def language(code: str) -> str:
    """`{{ code|language }}`: the language's name; a code nobody knows stays as it is."""
    return language_name(code)


@register.filter
def concern(code: str) -> str:
    """`{{ code|concern }}`: what brings people, in words; a code nobody knows stays as it is."""
    return str(dict(Concern.choices).get(code, code))


@register.filter
def entry(words: Mapping[Any, Any], key: Any) -> Any:
    """`{{ replies|entry:therapist.pk }}`: what is said of one; empty where nothing is."""
    return words.get(key, "")


@register.filter
def number_word(number: int) -> str:
    """`{{ cards|length|number_word }}`: Two to Nine begin a sentence as words, other numbers as figures."""
    return str(NUMBERS.get(number, number))
