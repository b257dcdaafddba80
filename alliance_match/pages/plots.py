"""From numbers to places: the geometry of every plot, in per cent of its width and height. Knows no Django.

A plot has no viewBox: places are percentages, so that nothing is distorted and words stay HTML.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol


class Interval(Protocol):
    """An estimate with its range, as pages hand it in."""

    mean: float
    low: float
    high: float


class FitEstimate(Protocol):
    """One pair's estimate in points from the clinic's average for this client."""

    mean: float
    low50: float
    high50: float
    low80: float
    high80: float


class Reason(Protocol):
    """One named part of an estimate."""

    points: float


class Card(Protocol):
    """A suggestion with the named parts of its estimate."""

    reasons: Sequence[Reason]
    caveat: Reason | None


class Release(Protocol):
    """One point of a trend."""

    label: str
    value: float
    low: float
    high: float


class CalibrationGroup(Protocol):
    """Pairs predicted alike, and what was then observed."""

    predicted: float
    observed: float
    low: float
    high: float


class Amount(Protocol):
    """Something that is never below nothing, with its range; `tells`: whether it differs from nothing."""

    label: str
    points: float
    low: float
    high: float
    tells: bool


@dataclass(frozen=True)
class Axis:
    """A scale from `low` to `high`, drawn from `start` to `end` per cent."""

    low: float
    high: float
    start: float = 0.0
    end: float = 100.0

    def at(self, value: float) -> float:
        """The place of a value, clamped to the axis."""
        width = self.high - self.low
        share = (value - self.low) / width if width > 0 else 0.5
        return round(self.start + (self.end - self.start) * min(max(share, 0.0), 1.0), 2)

    def percent(self, value: float) -> str:
        """The place as SVG wants it, with a point whatever the language."""
        return f"{self.at(value)}%"


def centred_axis(half_width: float) -> Axis:
    """An axis with zero in its middle."""
    return Axis(-half_width, half_width)


def vertical_axis(low: float, high: float) -> Axis:
    """A vertical axis: SVG counts downwards."""
    return Axis(low, high, start=94.0, end=6.0)


@dataclass(frozen=True)
class Bar:
    """A dot with an inner and an outer range; all three are places."""

    dot: str
    narrow: tuple[str, str]
    wide: tuple[str, str]


def fit_track(estimate: FitEstimate, half_width: float) -> Bar:
    """Where a pair stands on the axis that all cards of a client share."""
    place = centred_axis(half_width).percent
    return Bar(
        dot=place(estimate.mean),
        narrow=(place(estimate.low50), place(estimate.high50)),
        wide=(place(estimate.low80), place(estimate.high80)),
    )


def dot_row(row: Interval, axis: Axis) -> Bar:
    """Where one row of a dot-and-interval plot stands; it has one range only."""
    ends = (axis.percent(row.low), axis.percent(row.high))
    return Bar(dot=axis.percent(row.mean), narrow=ends, wide=ends)


@dataclass(frozen=True)
class AmountLength:
    """A bar from the left edge with its range; all three are places."""

    end: str
    low: str
    high: str


def amount_lengths(rows: Sequence[Amount]) -> list[AmountLength]:
    """The bars of several amounts on one axis, which begins at nothing and holds every range."""
    place = Axis(0, max((row.high for row in rows), default=0.0) or 1.0, end=99.0).percent
    return [AmountLength(place(row.points), place(row.low), place(row.high)) for row in rows]


def push_end(points: float, widest: float) -> str:
    """Where a push from the middle ends; the widest push of the page leaves a little room at the edge."""
    return Axis(-widest, widest, start=6.0, end=94.0).percent(points)


def named_parts(card: Card) -> list[Reason]:
    """The named parts of a card, the caveat last."""
    return [*card.reasons, *([card.caveat] if card.caveat else [])]


def widest_push(cards: Iterable[Card]) -> float:
    """The largest named part on the page, so that all cards share one scale."""
    return max((abs(part.points) for card in cards for part in named_parts(card)), default=1.0) or 1.0


def ten_dots(low: float, high: float) -> list[tuple[str, str]]:
    """Ten dots from left to right, each with its place: full as far as we are sure, half as far as may be."""
    sure, maybe = int(low + 0.5), int(high + 0.5)
    kinds = ["full" if i < sure else "half" if i < maybe else "empty" for i in range(10)]
    return [(f"{5 + 10 * i}%", kind) for i, kind in enumerate(kinds)]


@dataclass(frozen=True)
class Dot:
    """One release: its place, its range, and where its figure is written above the band, if it is named."""

    x: str
    y: str
    label_y: str
    low: str
    high: str
    value: float
    anchor: str
    named: bool


@dataclass(frozen=True)
class Trend:
    """Dots as places; line and band as points of a nested 100 × 100 drawing that may be stretched."""

    dots: list[Dot]
    line: str
    band: str


def trend(releases: Sequence[Release], low: float, high: float) -> Trend:
    """A line with its band, oldest release left."""
    across = Axis(0, max(len(releases) - 1, 1), start=2.0, end=98.0)
    places = [across.at(i) if len(releases) > 1 else 50.0 for i in range(len(releases))]
    up = vertical_axis(low, high)

    def points(values: Iterable[float]) -> list[str]:
        return [f"{x},{up.at(value)}" for x, value in zip(places, values, strict=True)]

    upper, lower = points(one.high for one in releases), points(one.low for one in releases)
    ends = (0, len(releases) - 1)
    return Trend(
        dots=[_trend_dot(places[i], one, up, i in ends) for i, one in enumerate(releases)],
        line=" ".join(points(one.value for one in releases)),
        band=" ".join([*upper, *reversed(lower)]),
    )


def _trend_dot(x: float, one: Release, up: Axis, named: bool) -> Dot:
    anchor = "start" if x < 50 else "end" if x > 50 else "middle"
    return Dot(
        x=f"{x}%",
        y=up.percent(one.value),
        label_y=f"{max(up.at(one.high) - 6, 9):.2f}%",
        low=up.percent(one.low),
        high=up.percent(one.high),
        value=one.value,
        anchor=anchor,
        named=named,
    )


@dataclass(frozen=True)
class CalibrationPoint:
    """One group in the calibration plot: across what was predicted, up what was observed, with its range."""

    across: str
    up: str
    low: str
    high: str


def calibration(groups: Iterable[CalibrationGroup], low: float, high: float) -> list[CalibrationPoint]:
    """Predicted against observed on one square scale."""
    across, up = Axis(low, high, start=6.0, end=94.0), vertical_axis(low, high)
    return [
        CalibrationPoint(
            across.percent(group.predicted),
            up.percent(group.observed),
            up.percent(group.low),
            up.percent(group.high),
        )
        for group in groups
    ]
