"""Whether a client can ask for a first meeting, or be agreed to, and why not."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Episode, Introduction
from clients.models.introduction import MOST_OPEN
from clients.selectors import with_capacity
from therapists.models import Therapist

SILENCE_COUNTS = timedelta(days=30)


class NotPossibleError(Exception):
    """It cannot be done any more, or not now; `why` says so in words for whoever tried."""

    class Why(TextChoices):
        UNRESPONSIVE = (
            "unresponsive",
            _(
                "Two requests in a row were not answered here. That says nothing about you. "
                "Look at others, or ask the clinic’s office: they can reach everybody here."
            ),
        )
        TOO_MANY = "too_many", _("Three requests are open already. Take one back, or wait for an answer.")
        NOT_ACCEPTING = "not_accepting", _("No new clients can be taken here just now.")
        DECLINED = "declined", _("This was asked before and was not possible.")
        IN_CARE = "in_care", _("You see each other already.")
        OVER = "over", _("This request was answered or taken back, or its time is over.")
        FULL = "full", _("There is no room left: the caseload is full.")
        RESERVED = "reserved", _("The free place is held for somebody who has waited for it.")
        BUSY = "busy", _("That hour is taken by another first meeting.")
        PASSED = "passed", _("This meeting was called off already, or its hour is over.")

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = self.Why(why)


def request_refusal(client: Client, therapist: Therapist, *, instead_of: Introduction | None = None) -> str:
    """Why a client cannot ask a therapist now; empty where they can. Three queries at most.

    `instead_of`: a meeting agreed on, in whose place another hour is asked for.
    """
    asked = list(Introduction.objects.filter(client=client))
    here = [one.outcome for one in asked if one.therapist_id == therapist.pk]
    return (
        (is_in_care(client, therapist, instead_of) and "in_care")
        or (Introduction.State.DECLINED in here and "declined")
        or _place_refusal(client, therapist, instead_of)
        or (therapist.pk in unresponsive_therapists(asked) and "unresponsive")
        or (sum(one.is_open for one in asked) >= MOST_OPEN and "too_many")
        or ""
    )


def is_in_care(client: Client, therapist: Therapist, instead_of: Introduction | None) -> bool:
    """Whether the two see each other; care that waits for the meeting to be moved has no session yet."""
    care = Episode.objects.open().filter(client=client, therapist=therapist)
    return (care.filter(sessions__isnull=False) if instead_of else care).exists()


def unresponsive_therapists(asked: Iterable[Introduction]) -> set[int]:
    """Therapists who let a client's last two requests run out, within a month. `asked`: the newest first."""
    since = timezone.now() - SILENCE_COUNTS
    outcomes: dict[int, list[str]] = defaultdict(list)
    for one in asked:
        outcomes[one.therapist_id].append(one.outcome if one.expires_at > since else "")
    twice = [Introduction.State.EXPIRED] * 2
    return {therapist for therapist, newest_first in outcomes.items() if newest_first[:2] == twice}


def _place_refusal(client: Client, therapist: Therapist, instead_of: Introduction | None) -> str:
    """Why no place can be asked for: `not_accepting` or `reserved`; empty where one can. One query."""
    if not therapist.takes_clients:
        return "not_accepting"
    why = capacity_refusal(client, therapist, has_place=bool(instead_of))
    return "not_accepting" if why == "full" else why


def capacity_refusal(client: Client, therapist: Therapist, *, has_place: bool = False) -> str:
    """Why a client cannot be taken on: `full`, or `reserved` for others; empty where they can. One query.

    A place that is reserved for the client stays theirs, whoever got another meanwhile. `has_place`: the
    client has a place already and would give it up.
    """
    read = with_capacity(Therapist.objects.filter(pk=therapist.pk)).get()
    if client.pk in read.reserved_for:
        return ""
    others, reserved = read.caseload - has_place, len(set(read.reserved_for))
    if therapist.has_capacity(others + reserved):
        return ""
    return "reserved" if therapist.has_capacity(others) else "full"
