"""What is written about clients: what they answer, and whom they ask to meet."""

from clients.services.answering import Answers, consents_choose, intake_save, mark_set
from clients.services.introducing import (
    NotPossibleError,
    introduction_accept,
    introduction_decline,
    introduction_request,
    introduction_seen,
    introduction_withdraw,
    introductions_expire,
    refusal,
)
from clients.services.joining import sign_up_begin, sign_up_finish, sign_ups_forget
from clients.services.looking import look_keep
from clients.services.telling import introductions_tell, mail
from clients.services.waiting import wait_begin, wait_end, waits_tell

__all__ = [
    "Answers",
    "NotPossibleError",
    "consents_choose",
    "intake_save",
    "introduction_accept",
    "introduction_decline",
    "introduction_request",
    "introduction_seen",
    "introduction_withdraw",
    "introductions_expire",
    "introductions_tell",
    "look_keep",
    "mail",
    "mark_set",
    "refusal",
    "sign_up_begin",
    "sign_up_finish",
    "sign_ups_forget",
    "wait_begin",
    "wait_end",
    "waits_tell",
]
