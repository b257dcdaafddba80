"""What a client may do about a therapist: ask to meet, keep in mind, put aside."""

import secrets
from typing import Any, cast

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from therapists.models import Therapist

register = template.Library()
# Stands where a therapist's key will, and nowhere else: nobody can guess it and write it into an address.
PLACE = str(secrets.randbits(128))


@register.simple_tag(takes_context=True)
def marks(context: Context, therapist: Therapist) -> SafeString:
    """`{% marks therapist %}`, drawn once a page for all of whom the same is to be said: only keys differ.

    Reads `favourites`, `asked`, `without_capacity`, and `drawn_marks`, empty where a page begins.
    """
    pk = therapist.pk
    said = {
        "kept": pk in context["favourites"],
        "asked_to_meet": pk in context["asked"],
        "has_place": therapist.takes_clients and pk not in context["without_capacity"],
    }
    look = tuple(said.values())
    drawn: dict[tuple[bool, ...], str] = context["drawn_marks"]
    if look not in drawn:
        engine = cast(Any, context).template.engine
        with context.push(key=PLACE, **said):
            drawn[look] = engine.get_template("matching/_marks.html").render(context)
    return mark_safe(drawn[look].replace(PLACE, str(pk)))  # noqa: S308  # a template wrote it, and a number
