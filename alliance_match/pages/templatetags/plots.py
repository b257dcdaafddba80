"""The plots as template tags; geometry and sentences come from `pages.plots` and `pages.sentences`."""

from collections.abc import Sequence
from typing import Any, Protocol

from django import template

from alliance_match.pages import plots, sentences

register = template.Library()
register.filter("signed", sentences.signed)
register.filter("figure", sentences.figure)
register.simple_tag(plots.widest_push, name="widest_push")
register.simple_tag(plots.remainder, name="remainder")
FOLDER = "_components/plots"


class LabelledRow(plots.Interval, Protocol):
    """One row with its words."""

    label: str
    words: str


@register.inclusion_tag(f"{FOLDER}/fit_track.html")
def fit_track(estimate: plots.FitEstimate, half_width: float) -> dict[str, Any]:
    """`{% fit_track card.track axis %}`"""
    return {"bar": plots.fit_track(estimate, half_width), "sentence": sentences.fit_track(estimate)}


@register.inclusion_tag(f"{FOLDER}/push.html")
def push(points: float, widest: float) -> dict[str, Any]:
    """`{% push reason.points widest %}`: a bar left or right of a line, and which way it speaks."""
    return {
        "end": plots.push(points, widest),
        "kind": "up" if points > 0 else "down",
        "sentence": sentences.push(points),
    }


@register.inclusion_tag(f"{FOLDER}/dot_rows.html")
def dot_rows(
    rows: Sequence[LabelledRow], half_width: float, less: str, middle: str, more: str
) -> dict[str, Any]:
    """`{% dot_rows fit_profile 10 _("slower") _("your usual") _("faster") %}`"""
    axis = plots.centred(half_width)
    drawn = [
        {"row": row, "bar": plots.dot_row(row, axis), "sentence": sentences.dot_row(row.label, row)}
        for row in rows
    ]
    return {"rows": drawn, "less": less, "middle": middle, "more": more}


@register.inclusion_tag(f"{FOLDER}/ten_dots.html")
def ten_dots(share: float, low: float, high: float) -> dict[str, Any]:
    """`{% ten_dots established.share established.low established.high %}`"""
    return {"dots": plots.ten_dots(low, high), "sentence": sentences.ten_dots(share, low, high)}


@register.inclusion_tag(f"{FOLDER}/trend.html")
def trend(points: Sequence[plots.Release], low: float = 0, high: float = 10) -> dict[str, Any]:
    """`{% trend trend low=0 high=10 %}`: points with label, value, low, high, oldest first."""
    return {
        "points": points,
        "drawn": plots.trend(points, low, high),
        "sentence": sentences.trend(points),
    }


@register.inclusion_tag(f"{FOLDER}/calibration.html")
def calibration(groups: Sequence[plots.Group], low: float = 0, high: float = 100) -> dict[str, Any]:
    """`{% calibration groups low=40 high=100 %}`: groups with predicted, observed, low, high."""
    return {
        "groups": groups,
        "drawn": plots.calibration(groups, low, high),
        "sentence": sentences.calibration(groups),
        "low": low,
        "high": high,
    }
