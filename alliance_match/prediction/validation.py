"""Checks at the door, so that no later stage has to doubt its input."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from alliance_match.prediction.arrays import Floats, Ints
from alliance_match.prediction.errors import EstimationError


def unique_names(names: Sequence[str], what: str) -> None:
    """Raise if a name is empty or stands twice."""
    doubled = sorted(name for name, count in Counter(names).items() if count > 1)
    if doubled:
        raise EstimationError(f"{what}: the name {doubled[0]!r} stands more than once")
    if "" in names:
        raise EstimationError(f"{what}: a name is empty")


def subset(names: Sequence[str], of: Sequence[str], what: str) -> None:
    """Raise unless every name is among those of the larger set."""
    for name in names:
        if name not in of:
            raise EstimationError(f"{what}: {name!r} is not among {tuple(of)}")


def floats(values: object, shape: tuple[int | None, ...], what: str) -> Floats:
    """Return the values as a C-ordered float array of the shape given (None: any length), or raise."""
    array = _as_array(values, what)
    if array.ndim != len(shape) or any(
        want not in {None, got} for want, got in zip(shape, array.shape, strict=True)
    ):
        wanted = "×".join("n" if want is None else str(want) for want in shape)
        raise EstimationError(f"{what}: shape {array.shape}, expected {wanted}")
    return array


def _as_array(values: object, what: str) -> Floats:
    try:
        return np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise EstimationError(f"{what}: not an array of numbers ({error})") from error


def integers(values: object, length: int | None, what: str) -> Ints:
    """Return the values as a vector of 64-bit integers, or raise if one of them is not whole."""
    array = floats(values, (length,), what)
    whole = np.isfinite(array) & (array == np.floor(array))
    if not whole.all():
        raise EstimationError(f"{what}: row {int(np.argmin(whole))} is not a whole number")
    return np.asarray(values, dtype=np.int64)


def finite(array: Floats, what: str) -> None:
    """Raise at the first entry that is NaN or infinite."""
    _first(~np.isfinite(array), what, "is not a finite number")


def not_infinite(array: Floats, what: str) -> None:
    """Raise at the first infinite entry; NaN stands for a missing value and is let through."""
    _first(np.isinf(array), what, "is infinite")


def between(array: Floats, low: float, high: float, what: str) -> None:
    """Raise at the first entry outside the closed interval."""
    _first((array < low) | (array > high), what, f"is outside {low:g} to {high:g}")


def _first(bad: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], what: str, complaint: str) -> None:
    if bad.any():
        place = np.argwhere(bad)[0]
        column = f", column {int(place[1])}" if place.size > 1 else ""
        raise EstimationError(f"{what}: row {int(place[0])}{column} {complaint}")
