"""The plots as template tags; `pages.plots` has their geometry, `pages.plot_descriptions` their sentences."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance_match.pages import plot_descriptions, plots

register = template.Library()
register.filter("signed", plot_descriptions.signed_number)
register.filter("figure", plot_descriptions.plain_number)
register.simple_tag(plots.widest_push, name="widest_push")
FOLDER = "_components/plots"
# A page has twenty of each, so they are drawn without a template.
FIT_TRACK = """
<div class="track">
  <svg class="plot" role="img" aria-label="{sentence}">
    <line class="axis-line" x1="0%" x2="100%" y1="50%" y2="50%"/>
    <line class="zero" x1="50%" x2="50%" y1="10%" y2="90%"/>
    <line class="wide" x1="{wide_from}" x2="{wide_to}" y1="50%" y2="50%"/>
    <line class="narrow" x1="{narrow_from}" x2="{narrow_to}" y1="50%" y2="50%"/>
    <circle class="dot" cx="{dot}" cy="50%" r="9"/>
  </svg>
  <div class="plot-words" aria-hidden="true">
    <span>{less}</span>
    <span>{middle}</span>
    <span>{more}</span>
  </div>
</div>
"""
PUSH = """<svg class="plot" role="img" aria-label="{sentence}">
  <line class="zero" x1="50%" x2="50%" y1="0%" y2="100%"/>
  <line class="{kind}" x1="50%" x2="{end}" y1="50%" y2="50%"/>
</svg>
"""


class LabelledRow(plots.Interval, Protocol):
    """One row with its words."""

    label: str
    words: str


class HeldSession(Protocol):
    """A session, as far as a plot must know it."""

    episode_id: int


class OwnRating(Protocol):
    """One rating of a client's own."""

    total: float | None
    session: HeldSession


@register.simple_tag
def fit_track(estimate: plots.FitEstimate, half_width: float) -> SafeString:
    """`{% fit_track card.track axis %}`"""
    bar = plots.fit_track(estimate, half_width)
    return format_html(
        FIT_TRACK,
        dot=bar.dot,
        narrow_from=bar.narrow[0],
        narrow_to=bar.narrow[1],
        wide_from=bar.wide[0],
        wide_to=bar.wide[1],
        sentence=plot_descriptions.fit_track(estimate),
        less=_("less likely"),
        middle=_("average here, for you"),
        more=_("more likely"),
    )


@register.simple_tag
def push(points: float, widest: float) -> SafeString:
    """`{% push reason.points widest %}`: a bar left or right of a line, and which way it speaks."""
    return format_html(
        PUSH,
        sentence=plot_descriptions.push_in_words(points),
        kind="up" if points > 0 else "down",
        end=plots.push_end(points, widest),
    )


@register.inclusion_tag(f"{FOLDER}/dot_rows.html")
def dot_rows(
    rows: Sequence[LabelledRow], half_width: float, less: str, middle: str, more: str
) -> dict[str, Any]:
    """`{% dot_rows fit_profile 10 _("slower") _("your usual") _("faster") %}`"""
    axis = plots.centred_axis(half_width)
    drawn = [
        {"row": row, "bar": plots.dot_row(row, axis), "sentence": plot_descriptions.dot_row(row.label, row)}
        for row in rows
    ]
    return {"rows": drawn, "less": less, "middle": middle, "more": more}


@register.inclusion_tag(f"{FOLDER}/amounts.html")
def amounts(rows: Sequence[plots.Amount]) -> dict[str, Any]:
    """`{% amounts weights.parts %}`: bars from nothing, with their ranges, on one axis."""
    drawn = zip(rows, plots.amount_lengths(rows), strict=True)
    return {
        "rows": [
            {"row": row, "bar": bar, "sentence": plot_descriptions.amount_in_words(row)} for row, bar in drawn
        ]
    }


@register.inclusion_tag(f"{FOLDER}/ten_dots.html")
def ten_dots(share: float, low: float, high: float) -> dict[str, Any]:
    """`{% ten_dots established.share established.low established.high %}`"""
    return {"dots": plots.ten_dots(low, high), "sentence": plot_descriptions.ten_dots(share, low, high)}


@register.inclusion_tag(f"{FOLDER}/trend.html")
def trend(points: Sequence[plots.Release], low: float = 0, high: float = 10) -> dict[str, Any]:
    """`{% trend trend low=0 high=10 %}`: points with label, value, low, high, oldest first."""
    return {
        "points": points,
        "drawn": plots.trend(points, low, high),
        "sentence": plot_descriptions.trend_in_words(points),
    }


@register.inclusion_tag(f"{FOLDER}/calibration.html")
def calibration(
    groups: Sequence[plots.CalibrationGroup], low: float = 0, high: float = 100
) -> dict[str, Any]:
    """`{% calibration groups low=40 high=100 %}`: groups with predicted, observed, low, high."""
    return {
        "groups": groups,
        "drawn": plots.calibration(groups, low, high),
        "sentence": plot_descriptions.calibration_in_words(groups),
        "low": low,
        "high": high,
    }


@register.inclusion_tag(f"{FOLDER}/on_scale.html")
def on_scale(value: float, low: float = 0, high: float = 100) -> dict[str, Any]:
    """`{% on_scale rating.total 0 100 %}`: one dot between two ends."""
    return {
        "dot": plots.Axis(low, high).percent(value),
        "sentence": plot_descriptions.on_scale(value, low, high),
    }


@register.simple_tag
def course(ratings: Iterable[OwnRating]) -> str:
    """`{% course trend as words %}`: where one's own ratings are going, as far as that can be told.

    Only ratings of the newest episode are compared: another person is another bond.
    """
    told = [one for one in ratings if one.total is not None]
    same = [one for one in told if one.session.episode_id == told[-1].session.episode_id]
    return plot_descriptions.course_in_words([one.total for one in same if one.total is not None])
