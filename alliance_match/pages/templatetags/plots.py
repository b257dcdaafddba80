"""The plots as template tags; `pages.plots` has their geometry, `pages.plot_descriptions` their sentences."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django import template

from alliance_match.pages import plot_descriptions, plots

register = template.Library()
register.filter("signed", plot_descriptions.signed_number)
register.filter("figure", plot_descriptions.plain_number)
register.simple_tag(plots.widest_push, name="widest_push")
FOLDER = "_components/plots"


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


@register.inclusion_tag(f"{FOLDER}/fit_track.html")
def fit_track(estimate: plots.FitEstimate, half_width: float) -> dict[str, Any]:
    """`{% fit_track card.track axis %}`"""
    return {"bar": plots.fit_track(estimate, half_width), "sentence": plot_descriptions.fit_track(estimate)}


@register.inclusion_tag(f"{FOLDER}/push.html")
def push(points: float, widest: float) -> dict[str, Any]:
    """`{% push reason.points widest %}`: a bar left or right of a line, and which way it speaks."""
    return {
        "end": plots.push_end(points, widest),
        "kind": "up" if points > 0 else "down",
        "sentence": plot_descriptions.push_in_words(points),
    }


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
