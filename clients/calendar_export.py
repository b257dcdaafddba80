"""A first meeting as a file for a calendar, which others may see: it names nobody."""

from datetime import UTC
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from clients.models import Introduction


def calendar_file(introduction: Introduction) -> bytes:
    """An iCalendar file (RFC 5545) with the one agreed meeting, in UTC. Raises ValueError without one.

    A meeting that moved is the same event with a higher sequence: a calendar replaces what it has.
    """
    if introduction.starts_at is None or introduction.ends_at is None:
        raise ValueError("no hour was agreed on")
    event = Event()
    event.add("uid", uuid5(NAMESPACE_URL, f"{settings.SITE_URL}/introductions/{introduction.pk}"))
    event.add("sequence", introduction.moved)
    event.add("summary", _("Appointment"))
    event.add("dtstart", introduction.starts_at.astimezone(UTC))
    event.add("dtend", introduction.ends_at.astimezone(UTC))
    event.add("dtstamp", introduction.changed_at.astimezone(UTC))
    calendar = Calendar()
    calendar.add("prodid", "-//Alliance Match//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
