"""Fitted estimators as JSON: arrays as base64 of zlib, names and numbers as they are, never a pickle."""

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import FeatureSet
from alliance_match.prediction.inference.fitted import FittedAlliance
from alliance_match.prediction.inference.integrity import check_parts
from alliance_match.prediction.inference.statistics_update import SufficientStatistics
from alliance_match.prediction.inference.sufficient_statistics import Roster, Sums
from alliance_match.prediction.inference.variance_search import VarianceSearch
from alliance_match.prediction.model.columns import Layout, Standardisation
from alliance_match.prediction.model.priors import Prior, Variances

FORMAT_VERSION = 2

# Fast, and within a few per cent of the best level on sums.
LEVEL = 3


def to_dict(fitted: FittedAlliance) -> dict[str, Any]:
    """Everything a fitted value consists of, ready for json.dumps; the solution itself is derived anew.

    Parameters
    ----------
    fitted : FittedAlliance

    Returns
    -------
    dict
        JSON values only. It holds each rater's weighted feature sums: personal data.
    """
    return {
        "format_version": FORMAT_VERSION,
        "layout": asdict(fitted.layout),
        "prior": asdict(fitted.prior),
        "variances": asdict(fitted.variances),
        "search": asdict(fitted.search) if fitted.search else None,
        "widening": fitted.widening,
        "roster": _fields_as_json(fitted.roster),
        "sums": _fields_as_json(fitted.sums),
    }


def from_dict(d: Mapping[str, Any]) -> FittedAlliance:
    """The inverse of `to_dict`, exact to the bit.

    Parameters
    ----------
    d : mapping
        What `to_dict` gave, after a round trip through JSON or not.

    Returns
    -------
    FittedAlliance

    Raises
    ------
    EstimationError
        On an unknown format version, or parts that are damaged or do not belong together.
    """
    if not isinstance(d, Mapping):
        raise EstimationError(f"snapshot: {type(d).__name__} is not a mapping")
    if d.get("format_version") != FORMAT_VERSION:
        raise EstimationError(f"snapshot: format version {d.get('format_version')!r} is unknown")
    try:
        fitted = _fitted_from_fields(d)
        check_parts(fitted)
    except EstimationError as error:
        raise EstimationError(f"snapshot: {error}") from error
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error, zlib.error) as error:
        raise EstimationError(f"snapshot: damaged ({error!r})") from error
    return fitted


def _fitted_from_fields(d: Mapping[str, Any]) -> FittedAlliance:
    layout = dict(d["layout"])
    for side in ("client", "therapist", "match"):
        layout[side] = Standardisation(**_lists_as_tuples(layout[side]))
    layout["features"] = FeatureSet(**_lists_as_tuples(layout["features"]))
    prior = dict(d["prior"])
    scaling = {name: (centre, scale) for name, (centre, scale) in prior.pop("scaling").items()}
    return FittedAlliance(
        layout=Layout(**_lists_as_tuples(layout)),
        prior=Prior(**prior, scaling=scaling),
        variances=Variances(**_lists_as_tuples(d["variances"])),
        statistics=SufficientStatistics(
            Roster(**_fields_from_json(d["roster"])), Sums(**_fields_from_json(d["sums"]))
        ),
        search=VarianceSearch(**d["search"]) if d["search"] else None,
        widening=d["widening"],
    )


def _lists_as_tuples(d: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in d.items()}


def _fields_as_json(value: Roster | Sums) -> dict[str, Any]:
    parts = {field.name: getattr(value, field.name) for field in fields(value)}
    return {
        name: array_to_json(part) if isinstance(part, np.ndarray) else part for name, part in parts.items()
    }


def _fields_from_json(d: Mapping[str, Any]) -> dict[str, Any]:
    return {name: array_from_json(part) if isinstance(part, Mapping) else part for name, part in d.items()}


def array_to_json(array: np.ndarray) -> dict[str, Any]:
    """An array of floats or integers as JSON values."""
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    data = base64.b64encode(zlib.compress(little.tobytes(), LEVEL)).decode("ascii")
    return {"dtype": little.dtype.str, "shape": list(array.shape), "data": data}


def array_from_json(d: Mapping[str, Any]) -> np.ndarray:
    """The inverse of `array_to_json`; raises on another kind of numbers, or damaged ones."""
    if d["dtype"] not in {"<f8", "<i8"}:
        raise EstimationError(f"dtype {d['dtype']!r} is not allowed")
    flat = np.frombuffer(zlib.decompress(base64.b64decode(d["data"], validate=True)), dtype=d["dtype"])
    return flat.reshape(d["shape"]).astype(np.dtype(d["dtype"]).newbyteorder("="))
