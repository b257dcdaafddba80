"""What is written about instruments, the answers given to them, and what follows from those."""

from surveys.services.alerting import alert_close
from surveys.services.bringing import Rights, instrument_bring, licence_declare
from surveys.services.deciding import (
    can_send,
    recheck_cancel,
    recheck_want,
    words_delete,
    words_keep,
    words_send,
)
from surveys.services.flagging import flags_set, unexpected_flag
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
    "alert_close",
    "alliance_choose",
    "can_send",
    "check_in_submit",
    "flags_set",
    "instrument_bring",
    "instrument_switch_off",
    "instrument_switch_on",
    "instruments_install",
    "licence_declare",
    "rating_withdraw",
    "recheck_cancel",
    "recheck_want",
    "unexpected_flag",
    "words_delete",
    "words_keep",
    "words_send",
]
