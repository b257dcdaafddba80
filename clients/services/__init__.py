"""What is written about clients: what they answer, and whom they ask to meet."""

from clients.services.answering import Answers, consents_choose, intake_save, mark_set
from clients.services.introducing import (
    introduction_accept,
    introduction_call_off,
    introduction_decline,
    introduction_move,
    introduction_request,
    introduction_seen,
    introduction_withdraw,
    introductions_expire,
)
from clients.services.joining import sign_up_begin, sign_up_finish, sign_ups_forget
from clients.services.looking import look_keep
from clients.services.refusing import NotPossibleError, refusal, silent
from clients.services.telling import introductions_tell
from clients.services.waiting import wait_begin, wait_end, waits_lapse, waits_tell

__all__ = [
    "Answers",
    "NotPossibleError",
    "consents_choose",
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
    "sign_up_begin",
    "sign_up_finish",
    "sign_ups_forget",
    "silent",
    "wait_begin",
    "wait_end",
    "waits_lapse",
    "waits_tell",
]
