"""Buttons, chips and tables: each written in one place and used everywhere.

What a page draws a hundred times is written here and not in `templates/_components/`: a template in a
template costs ten times what its words do.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from alliance_match.pages.templatetags.icons import icon

register = template.Library()


@register.simple_block_tag
def button(content: str, kind: str = "", **attributes: Any) -> SafeString:
    """`{% button kind="primary" name="send" value="1" %}{% translate "Send" %}{% endbutton %}`

    `kind`: primary, quiet, small, or nothing. Other attributes are those of HTML, with `_` for `-`; one
    that is None or False is left out.
    """
    return _draw_button(content, "button", kind, attributes)


@register.simple_block_tag
def link_button(content: str, *address: Any, kind: str = "", href: str = "", **attributes: Any) -> SafeString:
    """`{% link_button "ask" therapist.pk kind="primary" %}{% translate "Ask to meet" %}{% endlink_button %}`

    A link that looks like a button. `address`: what `{% url %}` takes; or a ready `href`.
    """
    name, *args = address or [""]
    return _draw_button(
        content, "a", kind, {"href": reverse(name, args=args) if name else href, **attributes}
    )


def _draw_button(content: str, element: str, kind: str, attributes: dict[str, Any]) -> SafeString:
    look = f"button {kind}" if kind else "button"
    ordered = sorted(attributes.items(), key=lambda one: (one[1] is True, one[0]))
    written = "".join(_attribute(name.replace("_", "-"), value) for name, value in ordered)
    drawn = f'<{element} class="{look}"{written}>{content.strip()}</{element}>'
    return mark_safe(drawn)  # noqa: S308  # a template wrote it, and each value is escaped


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'


@register.simple_tag
def chip(label: Any, kind: str = "", icon_name: str = "") -> SafeString:
    """`{% chip _("full") kind="care" icon_name="clock" %}`: a word or two that stand apart.

    `kind`: good, care, or nothing.
    """
    return _draw_chip(conditional_escape(label), kind, icon_name)


@lru_cache(maxsize=256)
def _draw_chip(label: SafeString, kind: str, icon_name: str) -> SafeString:
    """Takes words that are escaped: one that is and one that is not must not stand for each other."""
    return format_html('<span class="chip {}">{}{}</span>', kind, icon(icon_name) if icon_name else "", label)


@register.simple_block_tag
def table(content: str, kind: str = "", look: str = "table", caption: str = "", q: str = "") -> SafeString:
    """`{% table kind="tight" caption=words %}<thead>…</thead><tbody>…</tbody>{% endtable %}`

    `kind`: tight, to-cards (which a row becomes on a phone), or nothing; `look`: table or timetable; `q`: the
    words searched for, which the caption repeats.
    """
    asked = format_html(" · <q>{}</q>", q) if q else ""
    above = format_html("<caption>{}{}</caption>", caption, asked) if caption else ""
    within = mark_safe(content.strip())  # noqa: S308  # a template wrote it
    return format_html(
        '<table class="{}{}">\n  {}\n  {}\n</table>\n', look, f" {kind}" if kind else "", above, within
    )


@register.simple_tag
def column(words: str, number: bool = False, unseen: bool = False) -> SafeString:
    """`{% column _("Points") number=True %}`: the head of one column; `unseen`: for screen readers alone."""
    within = format_html('<span class="out-of-sight">{}</span>' if unseen else "{}", words)
    look = mark_safe(' class="number"') if number else ""
    return format_html('\n<th scope="col"{}>\n  {}\n</th>\n', look, within)


@register.filter
def prefix(value: Any, before: str) -> str:
    """`{{ therapist.pk|prefix:"therapist-" }}`: a name made of a word and a key."""
    return f"{before}{value}"
