"""A therapist's name, with the way to their page while there is one."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from therapists.models import Therapist

register = template.Library()


@register.simple_tag
def therapist_link(therapist: Therapist) -> SafeString:
    """`{% therapist_link one.therapist %}`: who left the clinic has no page any more."""
    if therapist.status == Therapist.Status.LEFT:
        return format_html("{}", therapist.name)
    return format_html('<a href="{}">{}</a>', reverse("therapist", args=[therapist.pk]), therapist.name)
