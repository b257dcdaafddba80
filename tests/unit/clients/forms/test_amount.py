"""An amount is understood as people write it, and nothing else is taken for one."""

import contextlib
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from clients.forms.amount import AmountField

NONE = ["a lot", "-1", "NaN", "1e309", "8 0", "80-90", "80,5055", "1.00.0", "€", "€€80", "٨٠x", "\x0080"]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("80", "80"),
        (" 80 ", "80"),
        ("90,50 €", "90.50"),
        ("90.50", "90.50"),
        ("€90.50", "90.50"),
        ("€ 90,5", "90.5"),
        ("90,50\N{NO-BREAK SPACE}€", "90.50"),
        ("80,- €", "80"),
        ("80.-", "80"),
        ("80,", "80"),
        ("80 EUR", "80"),
        ("CHF 120", "120"),
        ("80 Euro", "80"),
        ("1.000", "1000"),
        ("1,000", "1000"),
        ("1.000,50", "1000.50"),
        ("1,000.50", "1000.50"),
        ("1'000", "1000"),
        ("1 000", "1000"),
        ("0", "0"),
    ],
)
def test_it_is_understood(written, meant, language):
    with translation.override(language):
        assert AmountField().clean(written) == Decimal(meant)


@pytest.mark.parametrize("written", NONE)
def test_it_is_no_amount(written):
    with pytest.raises(ValidationError):
        AmountField().clean(written)


@given(st.decimals(0, 999_999, places=2), st.sampled_from(["{}", "{} €", "€{}", "{} EUR"]), st.booleans())
def test_every_amount_is_read_back(amount, money, comma):
    written = money.format(str(amount).replace(".", ",") if comma else amount)
    assert AmountField().clean(written) == amount


@given(st.text())
def test_nothing_that_is_typed_is_an_error_of_ours(text):
    with contextlib.suppress(ValidationError):
        AmountField(required=False).clean(text)
