"""A therapist's hours on a page."""

from django import template
from django.utils import timezone

from alliance_match.accounts.models import Clinic
from therapists.agenda import Hour, weekly
from therapists.models import Therapist

register = template.Library()


@register.simple_tag
def weekly_hours(therapist: Therapist, clinic: Clinic) -> list[Hour]:
    """`{% weekly_hours therapist clinic as hours %}`: each slot as the next of its hours, soonest first."""
    return weekly(therapist.slots.all(), timezone.now(), clinic.zone)
