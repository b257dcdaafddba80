"""What is written about instruments, sessions, the answers given about them, and how clients are asked."""

from surveys.services.bringing import Rights, instrument_bring, licence_declare
from surveys.services.installing import instruments_install
from surveys.services.inviting import (
    asking_set,
    cadence_choose,
    invitation_open,
    invitations_open,
    invitations_send,
)
from surveys.services.session_log import (
    Held,
    NotLoggedError,
    session_log,
    session_undo,
    sessions_log,
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
    "Held",
    "NotLoggedError",
    "NotSwitchedError",
    "Rights",
    "alliance_choose",
    "asking_set",
    "cadence_choose",
    "check_in_submit",
    "closed",
    "instrument_bring",
    "instrument_switch_off",
    "instrument_switch_on",
    "instruments_install",
    "invitation_open",
    "invitations_open",
    "invitations_send",
    "licence_declare",
    "rating_withdraw",
    "response_to",
    "session_log",
    "session_undo",
    "sessions_log",
    "sharing_set",
]
