"""Where one can go from here."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.urls import NoReverseMatch, reverse

register = template.Library()


@register.inclusion_tag("_components/nav_link.html", takes_context=True)
def nav_link(context: Context, name: str, label: str) -> dict[str, Any]:
    """A link of the main navigation, marked where one is; nothing while the page does not exist."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return {}
    here = getattr(getattr(context.get("request"), "resolver_match", None), "url_name", None)
    return {"url": url, "label": label, "current": here == name}


@register.simple_tag
def is_demo() -> bool:
    """Whether this installation is the demo, whose people are made up. `{% is_demo as demo %}`"""
    return bool(getattr(settings, "DEMO", False))
