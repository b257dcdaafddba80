"""Numbers, days and codes as a person would say them."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from alliance_match.pages.templatetags.plain_words import days_ago, entry, language, money, number_word


@pytest.mark.parametrize(
    ("days", "words"), [(0, "today"), (1, "yesterday"), (2, "2 days ago"), (40, "40 days ago")]
)
def test_counts_days_from_today(days, words):
    assert days_ago(timezone.now() - datetime.timedelta(days=days)) == words


def test_says_that_a_day_never_came():
    assert days_ago(None) == "not yet"


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (Decimal("80.00"), "EUR", "€80"),
        (Decimal("82.50"), "GBP", "£82.50"),
        (Decimal("120"), "CHF", "120 CHF"),
        (None, "EUR", ""),
    ],
)
def test_drops_idle_decimals_of_money(amount, currency, words):
    assert money(amount, currency) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [(Decimal("80.50"), "80,50\N{NO-BREAK SPACE}€"), (Decimal("80"), "80\N{NO-BREAK SPACE}€")],
)
def test_writes_money_as_the_language_does(amount, words):
    with translation.override("de"):
        assert money(amount) == words


@pytest.mark.parametrize(("code", "name"), [("de", "German"), ("tlh", "tlh")])
def test_names_a_language_where_it_is_known(code, name):
    assert language(code) == name


@pytest.mark.parametrize(("number", "word"), [(2, "Two"), (5, "Five"), (9, "Nine"), (10, "10"), (1, "1")])
def test_says_a_small_number_as_a_word(number, word):
    assert number_word(number) == word


def test_says_what_is_said_of_one_and_nothing_of_others():
    assert (entry({1: "soon"}, 1), entry({1: "soon"}, 2)) == ("soon", "")
