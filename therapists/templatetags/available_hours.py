"""A therapist's hours on a page."""

from collections.abc import Iterable

from django import template
from django.utils import timezone

from alliance_match.accounts.models import Clinic
from therapists.available_hours import Hour, Window, next_hour_of_each_slot, suiting_first
from therapists.models import Therapist

register = template.Library()


@register.simple_tag
def weekly_hours(therapist: Therapist, clinic: Clinic, windows: Iterable[Window] = ()) -> list[Hour]:
    """`{% weekly_hours therapist clinic windows as hours %}`: each slot as the next of its hours.

    Soonest first; but those before the others that begin in the hours asked for (`windows`, by the clocks
    of the page).
    """
    hours = next_hour_of_each_slot(therapist.slots.all(), timezone.now(), clinic.zone)
    return suiting_first(hours, list(windows or ()), timezone.get_current_timezone())
