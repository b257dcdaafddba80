"""Where one can go from here."""

from django import template
from django.conf import settings
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_link(context: Context, name: str, label: str, waiting: int = 0) -> SafeString:
    """A link of the main navigation, marked where one is; nothing while the page does not exist.

    `waiting`: how many things on that page ask for something; shown from one on.
    """
    try:
        url = reverse(name)
    except NoReverseMatch:
        return mark_safe("")
    here = getattr(getattr(context.get("request"), "resolver_match", None), "url_name", None)
    mark = mark_safe(' aria-current="page"') if here == name else ""
    return format_html('<a href="{}"{}>{}{}</a>', url, mark, label, _number(waiting) if waiting else "")


def _number(waiting: int) -> SafeString:
    words = ngettext("%(n)s waits", "%(n)s wait", waiting) % {"n": waiting}
    heard = format_html('<span class="out-of-sight">: {}</span>', words)
    return format_html('{} <span class="count" aria-hidden="true">{}</span>', heard, waiting)


@register.simple_tag
def is_demo() -> bool:
    """Whether this installation is the demo, whose people are made up. `{% is_demo as demo %}`"""
    return bool(getattr(settings, "DEMO", False))
