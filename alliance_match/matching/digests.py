"""Digests of what is stored and can never be derived again: they tell whether it is still as it was written.

A training row keeps the features of its time, a state the variances that a search found, a publication the
coefficients of the one before: of none of these do today's base data know what they were.
"""

import json
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any


def values_digest(values: Iterable[Any]) -> int:
    """The digest of some numbers and texts, the same for equal numbers whatever their type."""
    return _as_integer(repr([_as_number(value) for value in values]))


def json_digest(value: Any) -> int:
    """The digest of a JSON value, the same before it was stored and after."""
    return _as_integer(json.dumps(_with_floats(value), sort_keys=True))


def _with_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _with_floats(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_with_floats(one) for one in value]
    return _as_number(value)


def _as_number(value: Any) -> Any:
    # PostgreSQL keeps no -0 in JSON.
    return float(value) + 0.0 if isinstance(value, int | float) and not isinstance(value, bool) else value


def _as_integer(said: str) -> int:
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big", signed=True)
