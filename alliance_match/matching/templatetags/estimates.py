"""The numbers behind an estimate; a page has up to twenty, so they are drawn without a template."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance_match.matching.presentation.cards import Card, Track
from alliance_match.pages.plot_descriptions import signed_number
from alliance_match.pages.templatetags.components import column, table

register = template.Library()
ROW = '<tr><th scope="row">{}</th><td class="number">{}</td></tr>'
PARTS = "<thead><tr>{}{}</tr></thead>\n<tbody>{}</tbody>\n<tfoot>{}</tfoot>"
WHY = '<div class="stack">\n{}\n<p class="soft">{}</p>\n</div>\n'


@register.simple_tag
def estimate_parts(card: Card) -> SafeString:
    """`{% estimate_parts card %}`: the parts of its estimate, which add up to it, and its intervals."""
    said = [*card.reasons, *filter(None, [card.caveat, card.rest])]
    drawn = format_html(
        PARTS,
        column(_("Part")),
        column(_("Points"), number=True),
        format_html_join("\n", ROW, ((part.words, signed_number(part.points)) for part in said)),
        format_html(ROW, _("Together"), signed_number(card.track.mean)),
    )
    words = _("What moves this estimate away from the average here, for you, in points. The parts add up.")
    return format_html(WHY, table(drawn, kind="tight", caption=words), _intervals_in_words(card.track))


def _intervals_in_words(track: Track) -> str:
    text = _(
        "As likely as not it lies between %(low50)s and %(high50)s (the dark bar), and 8 times in 10 between "
        "%(low80)s and %(high80)s (the light bar)."
    )
    return text % {
        name: signed_number(getattr(track, name)) for name in ("low50", "high50", "low80", "high80")
    }
