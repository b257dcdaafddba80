"""What is written about instruments, sessions, the answers given about them, and how clients are asked."""

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

__all__ = [
    "ClosedError",
    "Held",
    "NotLoggedError",
    "asking_set",
    "cadence_choose",
    "check_in_submit",
    "closed",
    "instruments_install",
    "invitation_open",
    "invitations_open",
    "invitations_send",
    "rating_withdraw",
    "response_to",
    "session_log",
    "session_undo",
    "sessions_log",
    "sharing_set",
]
