"""Checks of what is given, so that no later stage has to doubt its input."""

from collections import Counter
from collections.abc import Sequence
from numbers import Integral, Real

import numpy as np

from alliance_match.prediction.data.arrays import Bools, Floats, Ints
from alliance_match.prediction.data.errors import EstimationError

# Whole numbers up to here are exact as floats.
LARGEST_FLOAT = 2**53

# A product of two standardised features, each this far out and of a spread of no more than its inverse, can
# still be squared.
FURTHEST = 1e30


def require_unique_names(names: tuple[str, ...], what: str) -> None:
    """Raise if these are not a tuple of words, or a name is empty or stands twice."""
    if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
        raise EstimationError(f"{what}: {names!r} is not a tuple of names")
    doubled = sorted(name for name, count in Counter(names).items() if count > 1)
    if doubled:
        raise EstimationError(f"{what}: the name {doubled[0]!r} stands more than once")
    if "" in names:
        raise EstimationError(f"{what}: a name is empty")


def require_subset(names: Sequence[str], of: Sequence[str], what: str) -> None:
    """Raise unless every name is among those of the larger set."""
    for name in names:
        if name not in of:
            raise EstimationError(f"{what}: {name!r} is not among {tuple(of)}")


def as_floats(values: object, shape: tuple[int | None, ...], what: str) -> Floats:
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
        given = np.asarray(values)
        # Words and complex numbers would be read as numbers without a word.
        if given.dtype.kind not in "biufO" or isinstance(values, np.ma.MaskedArray):
            raise TypeError(f"{given.dtype} {type(values).__name__}")
        if given.dtype == object and any(isinstance(value, str | bytes) for value in given.flat):
            raise TypeError("some are words")
        return np.ascontiguousarray(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise EstimationError(f"{what}: not an array of numbers ({error})") from error


def as_integers(values: object, length: int | None, what: str) -> Ints:
    """Return the values as a vector of 64-bit integers; raise if one is not whole or too large."""
    array = as_floats(values, (length,), what)
    whole = np.isfinite(array) & (array == np.floor(array))
    _raise_at_first(~whole, what, "is not a whole number")
    given = np.asarray(values)
    # Beyond these, neighbours become the same number.
    largest = np.iinfo(np.int64).max if given.dtype.kind in "iu" else LARGEST_FLOAT
    _raise_at_first(np.asarray(given > largest) | np.asarray(given < -largest), what, "is too large")
    return given.astype(np.int64)


def as_positions(values: object, length: int, what: str) -> Ints:
    """Return the values as positions in a sequence of the length given, from 0 on, or raise."""
    array = as_integers(values, None, what)
    require_between(array.astype(float), 0, length - 1, what)
    return array


def as_booleans(values: object, shape: tuple[int, ...], what: str) -> Bools:
    """Return the values as an array of marks of the shape given, or raise."""
    array = np.asarray(values)
    if array.dtype != np.bool_ or array.shape != shape:
        raise EstimationError(f"{what}: {array.dtype} of shape {array.shape}, expected bool of shape {shape}")
    return array


def require_number(value: object, low: float, high: float, what: str) -> None:
    """Raise unless the value is a real number from low to high."""
    if not isinstance(value, Real) or not low <= float(value) <= high:
        raise EstimationError(f"{what}: {value!r} is not a number from {low:g} to {high:g}")


def require_whole_number(value: object, low: int, what: str) -> None:
    """Raise unless the value is a whole number that is not below low."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < low:
        raise EstimationError(f"{what}: {value!r} is not a whole number from {low} on")


def require_finite(array: Floats, what: str) -> None:
    """Raise at the first entry that is NaN or infinite."""
    _raise_at_first(~np.isfinite(array), what, "is not a finite number")


def require_not_infinite(array: Floats, what: str) -> None:
    """Raise at the first entry that is infinite or too large to be squared safely; NaN, which stands for a
    missing value, is let through."""
    _raise_at_first(np.isinf(array), what, "is infinite")
    _raise_at_first(np.abs(array) > FURTHEST, what, f"is beyond {FURTHEST:g}")


def require_between(array: Floats, low: float, high: float, what: str) -> None:
    """Raise at the first entry outside the closed interval."""
    _raise_at_first((array < low) | (array > high), what, f"is outside {low:g} to {high:g}")


def _raise_at_first(bad: Bools, what: str, complaint: str) -> None:
    if bad.any():
        place = np.argwhere(bad)[0]
        column = f", column {int(place[1])}" if place.size > 1 else ""
        raise EstimationError(f"{what}: row {int(place[0])}{column} {complaint}")
