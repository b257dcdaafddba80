"""What is written about clients: what they answer, whom they ask to meet, and how care ends."""

from clients.services.consents import consents_choose
from clients.services.episodes import ending_undo, episode_end
from clients.services.intakes import Answers, intake_save
from clients.services.introduction_notices import introductions_tell
from clients.services.introduction_rules import NotPossibleError, refusal, silent
from clients.services.introductions import (
    introduction_accept,
    introduction_call_off,
    introduction_decline,
    introduction_move,
    introduction_request,
    introduction_seen,
    introduction_withdraw,
    introductions_expire,
)
from clients.services.last_visits import look_keep
from clients.services.marks import mark_set
from clients.services.session_log import (
    CalendarSession,
    NotLoggedError,
    session_log,
    session_remove,
    sessions_log,
)
from clients.services.sign_ups import sign_up_begin, sign_up_finish, sign_ups_forget
from clients.services.switches import switch_begin, switch_stop
from clients.services.waiting_list import wait_begin, wait_end, waits_lapse, waits_tell

__all__ = [
    "Answers",
    "CalendarSession",
    "NotLoggedError",
    "NotPossibleError",
    "consents_choose",
    "ending_undo",
    "episode_end",
    "intake_save",
    "introduction_accept",
    "introduction_call_off",
    "introduction_decline",
    "introduction_move",
    "introduction_request",
    "introduction_seen",
    "introduction_withdraw",
    "introductions_expire",
    "introductions_tell",
    "look_keep",
    "mark_set",
    "refusal",
    "session_log",
    "session_remove",
    "sessions_log",
    "sign_up_begin",
    "sign_up_finish",
    "sign_ups_forget",
    "silent",
    "switch_begin",
    "switch_stop",
    "wait_begin",
    "wait_end",
    "waits_lapse",
    "waits_tell",
]
