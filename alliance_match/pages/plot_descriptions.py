"""The sentence that stands for each plot where it cannot be seen."""

from collections.abc import Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance_match.pages.plots import Amount, CalibrationGroup, FitEstimate, Interval, Release
from alliance_match.pages.tendency import Tendency, tendency


def plain_number(value: float) -> str:
    """A number with at most one decimal."""
    rounded = round(value, 1)
    return number_format(abs(int(rounded)) if rounded == int(rounded) else abs(rounded))


def signed_number(value: float) -> str:
    """A number with one decimal and its sign, a true minus: +4.0, −1.8, 0.0."""
    sign = "+" if round(value, 1) > 0 else "−" if round(value, 1) < 0 else ""
    return sign + number_format(abs(round(value, 1)), 1)


def from_average(points: float) -> str:
    """A distance in words that can be read aloud."""
    whole = round(points)
    if whole == 0:
        return _("level with it")
    if whole > 0:
        return ngettext("%(n)d point above", "%(n)d points above", whole) % {"n": whole}
    return ngettext("%(n)d point below", "%(n)d points below", -whole) % {"n": -whole}


def fit_track(estimate: FitEstimate) -> str:
    """One pair's estimate against the client's own average here."""
    return _(
        "Against the average here, for you: about %(mean)s; 8 times in 10 between %(low)s and %(high)s."
    ) % {
        "mean": from_average(estimate.mean),
        "low": from_average(estimate.low80),
        "high": from_average(estimate.high80),
    }


def push_in_words(points: float) -> str:
    """Which way a reason moves the estimate."""
    if round(points, 1) == 0:
        return _("Makes no difference:")
    return _("Speaks for it:") if points > 0 else _("Speaks against it:")


def dot_row(label: str, row: Interval) -> str:
    """One row of a dot-and-interval plot."""
    return _("%(label)s: %(mean)s, likely between %(low)s and %(high)s.") % {
        "label": label,
        "mean": signed_number(row.mean),
        "low": signed_number(row.low),
        "high": signed_number(row.high),
    }


def amount_in_words(row: Amount) -> str:
    """How far apart one part sets two people, and how sure that is."""
    if row.tells:
        return _("About %(points)s, likely %(low)s to %(high)s.") % {
            "points": in_points(row.points),
            "low": plain_number(row.low),
            "high": plain_number(row.high),
        }
    if not row.high:
        return _("Nothing so far.")
    return _("Too early to tell apart from nothing; likely below %(high)s.") % {"high": in_points(row.high)}


def in_points(value: float) -> str:
    """1 point, 2.5 points."""
    return ngettext("%(n)s point", "%(n)s points", 1 if value == 1 else 2) % {"n": plain_number(value)}


def ten_dots(share: float, low: float, high: float) -> str:
    """A share of ten."""
    return _("About %(share)d in 10, likely between %(low)d and %(high)d in 10.") % {
        "share": round(share),
        "low": round(low),
        "high": round(high),
    }


def trend_in_words(releases: Sequence[Release]) -> str:
    """First and last of a trend."""
    if not releases:
        return _("Nothing to draw yet.")
    first, last = releases[0], releases[-1]
    if len(releases) == 1:
        return _("%(label)s: %(value)s.") % {"label": first.label, "value": plain_number(first.value)}
    return _("%(first)s: %(from)s. %(last)s: %(to)s.") % {
        "first": first.label,
        "from": plain_number(first.value),
        "last": last.label,
        "to": plain_number(last.value),
    }


def calibration_in_words(groups: Sequence[CalibrationGroup]) -> str:
    """How many groups behaved as predicted."""
    held = sum(group.low <= group.predicted <= group.high for group in groups)
    return _("Predicted against observed: %(held)d of %(all)d groups came out as predicted.") % {
        "held": held,
        "all": len(groups),
    }


def on_scale(value: float, low: float, high: float) -> str:
    """One answer between two ends."""
    return _("%(value)s, where %(low)s is the lowest and %(high)s the highest.") % {
        "value": plain_number(round(value)),
        "low": plain_number(low),
        "high": plain_number(high),
    }


def course_in_words(values: Sequence[float]) -> str:
    """How one's own answers move, against how far they go up and down anyway."""
    return {
        None: "",
        Tendency.TOO_FEW: _("Too few answers so far to say where they are going: four are needed."),
        Tendency.STEADY: _("Steady: the ups and downs are within what is usual for you."),
        Tendency.RISING: _("Rising: your answers have gone up by more than they usually go up and down."),
        Tendency.FALLING: _(
            "Falling: your answers have gone down by more than they usually go up and down. It can help to "
            "say so in the next session."
        ),
    }[tendency(values) if values else None]
