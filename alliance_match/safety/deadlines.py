"""How soon somebody must have read an alert; pure, no database."""

from datetime import datetime, timedelta

from alliance_match.safety.working_hours import WorkingHours

WITHIN_THE_DAY = 1
LEVELS = (1, 2, 3)
# Whoever asks to be called waits for a person, not for the end of a day.
CALL_ASKED = max(LEVELS)
WORK, CLOCK = timedelta(hours=4), timedelta(minutes=30)


def acknowledge_deadline(level: int, asked: datetime, hours: WorkingHours) -> datetime:
    """Until when an alert may stay unread: four hours of the clinic's work, or half an hour at any time."""
    return hours.later(asked, WORK) if level == WITHIN_THE_DAY else asked + CLOCK


def contact_deadline(level: int, asked: datetime, hours: WorkingHours) -> datetime | None:
    """What may be promised to a client: the end of the working day in which the alert must be read.

    No hour can be promised of what is done at once.
    """
    return hours.closes_after(acknowledge_deadline(level, asked, hours)) if level == WITHIN_THE_DAY else None
