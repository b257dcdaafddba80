"""The frozen standardisation and the named global columns of a fitted estimator."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_match.prediction.data import validation as check
from alliance_match.prediction.data.arrays import Floats
from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.data.tables import FeatureSet, TrainingTable
from alliance_match.prediction.model.priors import Prior

# Offsets from session three, the session that is predicted; a later session shares its neighbours' offset,
# so that no session number is ever unknown.
SESSION_BANDS = {"1": (1, 1), "2": (2, 2), "4-6": (4, 6), "7+": (7, np.inf)}

# The solve is cubic in the columns, and their covariances are squared: this many take a minute and 2 GiB.
MOST_COLUMNS = 4_000

# Values that differ by less are the same: standardised, others would be too large to be squared.
LEAST_SPREAD = 1 / check.FURTHEST


@dataclass(frozen=True)
class Standardisation:
    """How the raw features of one side become columns: (value − centre) / scale, missing ones at 0.

    `kept` are positions among the raw features; `flagged` positions whose absence has a column of its own.
    """

    kept: tuple[int, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    flagged: tuple[int, ...]

    def values(self, raw: Floats) -> Floats:
        """Standardise the kept features: (n, raw features) to (n, kept)."""
        scaled = (raw[:, self.kept] - np.array(self.centre)) / np.array(self.scale)
        return np.where(np.isnan(scaled), 0.0, scaled)

    def flags(self, raw: Floats) -> Floats:
        """1 where a flagged feature is missing: (n, flagged)."""
        return np.isnan(raw[:, self.flagged]).astype(float)


@dataclass(frozen=True)
class Layout:
    """Feature names, instruments and standardisation, and from them every global column by name.

    `dropped` names the features that never varied in the training rows, and have no column.
    """

    features: FeatureSet
    instruments: tuple[str, ...]
    client: Standardisation
    therapist: Standardisation
    match: Standardisation

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Column names by block, in the order of the columns."""
        x, z, m = (self._names(side) for side in ("client", "therapist", "match"))
        pooled = tuple(f"match:{name}" for name in self.features.pooled)
        return {
            "instrument": tuple(f"instrument:{name}" for name in self.instruments),
            "session": tuple(f"session:{band}" for band in SESSION_BANDS),
            "client": x + self._flag_names("client"),
            "therapist_traits": z + self._flag_names("therapist"),
            "match": tuple(name for name in m if name not in pooled) + self._flag_names("match"),
            "agreement": tuple(name for name in m if name in pooled),
            "bilinear": self.crossed,
        }

    @cached_property
    def crossed(self) -> tuple[str, ...]:
        """Names of the products of client and therapist features."""
        if not self.features.bilinear:
            return ()
        return tuple(f"{a} × {b}" for a in self._names("client") for b in self._names("therapist"))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every global column, in order."""
        return tuple(name for group in self.groups.values() for name in group)

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Where each block stands among the columns."""
        ends = np.cumsum([len(group) for group in self.groups.values()]).tolist()
        return {
            block: slice(end - len(group), end)
            for (block, group), end in zip(self.groups.items(), ends, strict=True)
        }

    def varying(self, side: str) -> tuple[str, ...]:
        """Names of the features of a side that have a column, in order."""
        return tuple(getattr(self.features, side)[k] for k in getattr(self, side).kept)

    @cached_property
    def slope_positions(self) -> tuple[int, ...]:
        """Positions of the slope axes among the kept client features."""
        names = self.varying("client")
        return tuple(names.index(name) for name in self.features.slopes if name in names)

    @cached_property
    def match_order(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Positions among the kept match features: those of block `match`, those of block `agreement`."""
        pooled = [name in self.features.pooled for name in self.varying("match")]
        return (
            tuple(i for i, is_pooled in enumerate(pooled) if not is_pooled),
            tuple(i for i, is_pooled in enumerate(pooled) if is_pooled),
        )

    @property
    def dropped(self) -> tuple[str, ...]:
        """Features without a column, because they never varied."""
        return tuple(
            f"{side}:{name}"
            for side in ("client", "therapist", "match")
            for k, name in enumerate(getattr(self.features, side))
            if k not in getattr(self, side).kept
        )

    def _names(self, side: str) -> tuple[str, ...]:
        return tuple(f"{side}:{name}" for name in self.varying(side))

    def _flag_names(self, side: str) -> tuple[str, ...]:
        names = getattr(self.features, side)
        return tuple(f"{side}:{names[k]} missing" for k in getattr(self, side).flagged)


def layout_of(table: TrainingTable, prior: Prior) -> Layout:
    """Freeze the standardisation on the rows of a table; what the prior scales keeps the prior's scale.

    Pooled features keep their own unit, in which the prior speaks. A feature that never varies is dropped:
    no coefficient could be estimated, and an unseen value would be extrapolated without a scale.
    Raises EstimationError if the prior names a column or feature that does not exist, or on too many columns.
    """
    given = dict(prior.scaling)
    given |= {f"match:{name}": (0.0, 1.0) for name in table.features.pooled if f"match:{name}" not in given}
    layout = Layout(
        table.features,
        table.instruments,
        standardisation_of("client", table.features.client, table.x, given),
        standardisation_of("therapist", table.features.therapist, table.z, given),
        standardisation_of("match", table.features.match, table.m, given),
    )
    _check_columns(layout)
    check_prior(prior, layout)
    return layout


def _check_columns(layout: Layout) -> None:
    x, z, m = (len(side.kept) + len(side.flagged) for side in (layout.client, layout.therapist, layout.match))
    crossed = len(layout.client.kept) * len(layout.therapist.kept) * layout.features.bilinear
    if x + z + m + crossed > MOST_COLUMNS:
        raise EstimationError(
            f"features: {x} of clients, {z} of therapists, {m} of pairs and {crossed} products are more than "
            f"{MOST_COLUMNS} columns"
        )
    check.require_unique_names(layout.columns, "columns")


def standardisation_of(
    side: str, names: tuple[str, ...], raw: Floats, given: Mapping[str, tuple[float, float]]
) -> Standardisation:
    kept, centres, scales, flagged = [], [], [], []
    for k, name in enumerate(names):
        seen = raw[~np.isnan(raw[:, k]), k]
        scale = given.get(f"{side}:{name}") or _mean_and_sd(seen)
        if scale is None:
            continue
        kept.append(k)
        centres.append(scale[0])
        scales.append(scale[1])
        if 0 < len(seen) < len(raw):
            flagged.append(k)
    return Standardisation(tuple(kept), tuple(centres), tuple(scales), tuple(flagged))


def _mean_and_sd(seen: Floats) -> tuple[float, float] | None:
    """Mean and standard deviation, or None where the values differ by no more than rounding."""
    if len(seen) < 2 or np.ptp(seen) <= max(1e-9 * np.abs(seen).max(), LEAST_SPREAD):
        return None
    return float(seen.mean()), float(seen.std())


def check_prior(prior: Prior, layout: Layout) -> None:
    """Raise EstimationError if the prior names a column or feature that the layout does not have."""
    for name in (*prior.mean, *prior.precision):
        if name not in layout.columns and not name.startswith(("instrument:", "session:")):
            raise EstimationError(f"prior: there is no column {name!r}")
    sides = ("client", "therapist", "match")
    known = {f"{side}:{name}" for side in sides for name in getattr(layout.features, side)}
    for name in prior.scaling:
        if name not in known:
            raise EstimationError(f"prior: there is no feature {name!r} to scale")
