"""Where one can go from here."""

from django import template
from django.conf import settings
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_link(context: Context, name: str, label: str) -> SafeString:
    """A link of the main navigation, marked where one is; nothing while the page does not exist."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return mark_safe("")
    here = getattr(getattr(context.get("request"), "resolver_match", None), "url_name", None)
    mark = mark_safe(' aria-current="page"') if here == name else ""
    return format_html('<a href="{}"{}>{}</a>', url, mark, label)


@register.simple_tag
def is_demo() -> bool:
    """Whether this installation is the demo, whose people are made up. `{% is_demo as demo %}`"""
    return bool(getattr(settings, "DEMO", False))
