"""What is written about instruments and the answers given to them."""

from surveys.services.bringing import Rights, instrument_bring, licence_declare
from surveys.services.installing import instruments_install
from surveys.services.submitting import AlreadyAnsweredError, check_in_submit, rating_withdraw
from surveys.services.switching import (
    NotSwitchedError,
    alliance_choose,
    instrument_switch_off,
    instrument_switch_on,
)

__all__ = [
    "AlreadyAnsweredError",
    "NotSwitchedError",
    "Rights",
    "alliance_choose",
    "check_in_submit",
    "instrument_bring",
    "instrument_switch_off",
    "instrument_switch_on",
    "instruments_install",
    "licence_declare",
    "rating_withdraw",
]
