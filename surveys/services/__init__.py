"""What is written about instruments, sessions, the answers given about them, and what follows from those."""

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
from surveys.services.inviting import (
    asking_set,
    cadence_choose,
    invitation_open,
    invitations_open,
    invitations_send,
)
from surveys.services.submitting import (
    ClosedError,
    check_in_submit,
    closed,
    rating_withdraw,
    response_to,
    sharing_set,
)
from surveys.services.switching import (
    NotSwitchedError,
    alliance_choose,
    instrument_switch_off,
    instrument_switch_on,
)

__all__ = [
    "ClosedError",
    "NotSwitchedError",
    "Rights",
    "alert_close",
    "alliance_choose",
    "asking_set",
    "cadence_choose",
    "can_send",
    "check_in_submit",
    "closed",
    "flags_set",
    "instrument_bring",
    "instrument_switch_off",
    "instrument_switch_on",
    "instruments_install",
    "invitation_open",
    "invitations_open",
    "invitations_send",
    "licence_declare",
    "rating_withdraw",
    "recheck_cancel",
    "recheck_want",
    "response_to",
    "sharing_set",
    "unexpected_flag",
    "words_delete",
    "words_keep",
    "words_send",
]
