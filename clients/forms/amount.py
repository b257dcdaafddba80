"""An amount of money as people write it, in whatever language they read the page."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

# 80, 90,50 €, € 90.50, 1.000,00, 1'000.-, 80,- EUR: a sign before one or two figures ends the whole part.
AMOUNT = re.compile(r"(?P<whole>[0-9]{1,3}(?:[.,'’ ][0-9]{3})+|[0-9]+)(?:[.,](?P<part>[0-9]{1,2}|-|–)?)?")
MONEY = re.compile(r"^(?:[€$£]|[A-Za-z]{2,3})?\s*(.*?)\s*(?:[€$£]|[A-Za-z]{2,4})?$", re.DOTALL)


class AmountField(forms.DecimalField):
    """At most 999,999.99, in figures; a currency beside them is passed over."""

    default_error_messages = {"invalid": _("Write an amount in figures, such as 80.")}

    def __init__(self, **named: Any) -> None:
        super().__init__(min_value=0, max_digits=8, decimal_places=2, **named)

    def to_python(self, value: Any) -> Any:
        return super().to_python(amount_of(value) if isinstance(value, str) else value)


def amount_of(text: str) -> Decimal | str:
    """The amount; what is none stays as it is."""
    written = " ".join(text.split())
    found = AMOUNT.fullmatch(MONEY.sub(r"\1", written))
    if found is None:
        return written
    part = f".{found['part']}" if (found["part"] or "").isdecimal() else ""
    return Decimal(re.sub(r"[^0-9]", "", found["whole"]) + part)
