"""Buttons and tables: each written in one place, `templates/_components/`, and used everywhere."""

from typing import Any

from django import template
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.urls import reverse

register = template.Library()


@register.simple_block_tag
def button(content: str, kind: str = "", **attributes: Any) -> str:
    """`{% button kind="primary" name="send" value="1" %}{% translate "Send" %}{% endbutton %}`

    `kind`: primary, quiet, small, or nothing. Other attributes are those of HTML, with `_` for `-`; one
    that is None or False is left out.
    """
    return _draw_button(content, "button", kind, attributes)


@register.simple_block_tag
def link_button(content: str, *address: Any, kind: str = "", href: str = "", **attributes: Any) -> str:
    """`{% link_button "ask" therapist.pk kind="primary" %}{% translate "Ask to meet" %}{% endlink_button %}`

    A link that looks like a button. `address`: what `{% url %}` takes; or a ready `href`.
    """
    name, *args = address or [""]
    return _draw_button(
        content, "a", kind, {"href": reverse(name, args=args) if name else href, **attributes}
    )


def _draw_button(content: str, element: str, kind: str, attributes: dict[str, Any]) -> str:
    written = flatatt({name.replace("_", "-"): value for name, value in attributes.items()})
    context = {"element": element, "kind": kind, "attributes": written, "content": content.strip()}
    return render_to_string("_components/button.html", context)


@register.simple_block_tag
def table(content: str, kind: str = "", look: str = "table", caption: str = "", q: str = "") -> str:
    """`{% table kind="tight" caption=words %}<thead>…</thead><tbody>…</tbody>{% endtable %}`

    `kind`: tight, to-cards (which a row becomes on a phone), or nothing; `look`: table or timetable; `q`: the
    words searched for, which the caption repeats.
    """
    context = {"kind": kind, "look": look, "caption": caption, "q": q, "content": content.strip()}
    return render_to_string("_components/table.html", context)


@register.inclusion_tag("_components/column.html")
def column(words: str, number: bool = False, unseen: bool = False) -> dict[str, Any]:
    """`{% column _("Points") number=True %}`: the head of one column; `unseen`: for screen readers alone."""
    return {"words": words, "number": number, "unseen": unseen}


@register.filter
def prefix(value: Any, before: str) -> str:
    """`{{ therapist.pk|prefix:"therapist-" }}`: a name made of a word and a key."""
    return f"{before}{value}"
