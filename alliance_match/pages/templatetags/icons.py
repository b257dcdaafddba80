"""Icons from the vendored sprite."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A decorative icon: the words beside it say what is meant. `{% icon "lock" %}`

    It carries its size and colour itself, so that a page without its style sheets is still a page.
    """
    return format_html(
        '<svg class="icon" width="18" height="18" fill="none" stroke="currentColor" stroke-width="2"'
        ' aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )
