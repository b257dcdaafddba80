"""What is written about clients: what they answer, whom they ask to meet, and how care ends."""

from clients.services.care_withdrawal import care_withdraw
from clients.services.consents import consents_choose
from clients.services.episodes import episode_end, episode_resume
from clients.services.intakes import Answers, intake_save
from clients.services.introduction_notices import introductions_notify
from clients.services.introduction_rules import NotPossibleError, request_refusal, unresponsive_therapists
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
from clients.services.last_visits import last_visit_save
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
from clients.services.waiting_list import reservations_expire, wait_begin, wait_end, waits_notify

__all__ = [
    "Answers",
    "CalendarSession",
    "NotLoggedError",
    "NotPossibleError",
    "care_withdraw",
    "consents_choose",
    "episode_end",
    "episode_resume",
    "intake_save",
    "introduction_accept",
    "introduction_call_off",
    "introduction_decline",
    "introduction_move",
    "introduction_request",
    "introduction_seen",
    "introduction_withdraw",
    "introductions_expire",
    "introductions_notify",
    "last_visit_save",
    "mark_set",
    "request_refusal",
    "reservations_expire",
    "session_log",
    "session_remove",
    "sessions_log",
    "sign_up_begin",
    "sign_up_finish",
    "sign_ups_forget",
    "switch_begin",
    "switch_stop",
    "unresponsive_therapists",
    "wait_begin",
    "wait_end",
    "waits_notify",
]
