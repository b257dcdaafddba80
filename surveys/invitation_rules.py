"""When a client may be asked: pure rules, no database."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from surveys.models.cadence import Cadence
from surveys.models.rating import THIRD, WINDOW

ASK_AFTER = timedelta(hours=1)
BUDGET_LASTS = timedelta(days=30)
Frequency = Cadence.Frequency


class QuestionsAsked(NamedTuple):
    """Some questions, and when a client was asked them."""

    at: datetime
    questions: int


def due_at(*, logged_at: datetime, ends_at: datetime | None) -> datetime:
    """An hour after the session: after its end where that is known, else after it was logged."""
    return (ends_at or logged_at) + ASK_AFTER


def is_quiet(moment: datetime, zone: ZoneInfo, quiet_from: time, quiet_until: time) -> bool:
    """Whether a moment lies in the hours, by the clock of this zone, in which nobody is disturbed."""
    at = moment.astimezone(zone).time()
    if quiet_from <= quiet_until:
        return quiet_from <= at < quiet_until
    return at >= quiet_from or at < quiet_until


def is_wanted(frequency: str, number: int, *, rated: bool) -> bool:
    """Whether a client wants to be asked about the session of this number.

    `rated`: whether the bond about session three was rated already. Who wants to be asked only then is asked
    about the third, and about the fourth where nothing came of that.
    """
    around_three = WINDOW[0] <= number <= WINDOW[1]
    return {
        Frequency.EVERY: True,
        Frequency.SOME: around_three or number % 4 == 0,
        Frequency.THIRD: THIRD <= number <= WINDOW[1] and not rated,
        Frequency.NEVER: False,
    }[Frequency(frequency)]


def fits_budget(
    history: Sequence[QuestionsAsked], *, now: datetime, questions: int, budget: int, kept_back: int = 0
) -> bool:
    """Whether so many questions more stay within the budget of any thirty days, with some kept back."""
    spent = sum(asked.questions for asked in history if asked.at > now - BUDGET_LASTS)
    return spent + questions + kept_back <= budget
